"""What is not sent, apart from None, which is."""

from enum import Enum
from typing import Final, Literal


class _Unset(Enum):
    UNSET = "unset"


Unset = Literal[_Unset.UNSET]
UNSET: Final = _Unset.UNSET
