"""Keys of the tests: made for each run, of no house."""

from callcenter.people.keys import fresh_keys
from callcenter.people.vault import Vault

VAULT = Vault(fresh_keys())
