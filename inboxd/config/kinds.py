"""What the keys of config.toml hold: each kind of value with its reader, and the table that every section is."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainValidator

from inboxd.config import values
from inboxd.desk.clocks.service_levels import Target
from inboxd.desk.desk import Cap, Minutes

Text = Annotated[str, PlainValidator(values.text)]
Name = Annotated[str, PlainValidator(values.name)]
EmailAddress = Annotated[str, PlainValidator(values.address)]
Prefix = Annotated[str, PlainValidator(values.prefix)]
Language = Literal["nb", "nn", "se", "en"]
Tls = Literal["implicit", "starttls", "none"]
Duration = Annotated[dt.timedelta, PlainValidator(values.duration)]
CapText = Annotated[Cap | None, PlainValidator(values.cap)]
TargetText = Annotated[Target | None, PlainValidator(values.target)]
Spans = Annotated[list[Annotated[Minutes, PlainValidator(values.span)]], AfterValidator(values.in_order)]
MonthDay = Annotated[tuple[int, int], PlainValidator(values.month_day)]
Count = Annotated[int, PlainValidator(values.count)]


class Table(BaseModel):
    """A table of the file: no key but its own, no value turned silently into another type."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)
    REQUIRED: ClassVar[Mapping[str, str]] = {}
