"""One archive with everything: taken while people work, checked before anything is touched."""
