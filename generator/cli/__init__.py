"""The command line, a module for each kind of user. Only here are arguments read, the clock asked and things printed."""

from generator.cli import clerk, keys, kiosk, portal, site, update
from generator.cli.common import app, complain

__all__ = ["app", "clerk", "complain", "keys", "kiosk", "portal", "site", "update"]
