"""How people show who they are: allauth's sign-in, fitted to alapp by adapters, forms and a brake.

The only room besides views that sees requests; what it changes goes through the services.
"""
