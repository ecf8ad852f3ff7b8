"""What is to be known of every sign-in and second factor, whichever way they come about."""

from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in

from annotation.signing_in import devices, second_factor

user_logged_in.connect(devices.remember)
authenticator_added.connect(second_factor.keep_in_mind)
authenticator_removed.connect(second_factor.keep_in_mind)
