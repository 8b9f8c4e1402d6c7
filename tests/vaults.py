"""Keys of the tests: made for each run, of no house."""

from callcenter.people.keys import fresh_keys
from callcenter.people.vault import Vault

KEYS = fresh_keys()
VAULT = Vault(KEYS)
