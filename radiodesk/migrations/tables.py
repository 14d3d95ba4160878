"""Names every module with tables, so that the metadata is whole."""

import radiodesk.accounts.models
import radiodesk.core.audit
import radiodesk.core.events
import radiodesk.core.jobs  # noqa: F401
