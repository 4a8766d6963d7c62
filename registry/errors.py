"""What can go wrong in the registry.

RegistryError
├── NotFound            no such object, dataset, model, version or alias
├── PreconditionFailed  a conditional write lost: the object exists, or is not the one that was read
├── InvalidName         a name outside the one pattern that keys are built from
├── Corrupt             stored bytes do not have the digest that they are stored under
├── UnknownFormat       a record was written by a newer Winnow
├── StoreUnavailable    the store does not answer, or answers with a fault of its own: try again later
│   ├── StoreFull       no room is left in the store
│   └── StoreRefused    the bucket does not exist or the credentials are not good for it
└── UnsuitableStore     the store ignores conditional writes or cannot be written: refused at start
"""


class RegistryError(Exception):
    """Root of the registry's errors; the message tells a person what to do."""


class NotFound(RegistryError):
    """No such object, dataset, model, version or alias."""


class PreconditionFailed(RegistryError):
    """A conditional write lost: the object exists, or is not the one that was read."""


class InvalidName(RegistryError):
    """A name outside the one pattern that keys are built from."""


class Corrupt(RegistryError):
    """Stored bytes do not have the digest that they are stored under."""


class UnknownFormat(RegistryError):
    """A record was written by a newer Winnow."""


class StoreUnavailable(RegistryError):
    """The store does not answer, or answers with a fault of its own: try again later."""


class StoreFull(StoreUnavailable):
    """No room is left in the store."""


class StoreRefused(StoreUnavailable):
    """The bucket does not exist or the credentials are not good for it."""


class UnsuitableStore(RegistryError):
    """The store ignores conditional writes or cannot be written: refused at start."""
