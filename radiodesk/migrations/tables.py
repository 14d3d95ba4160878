"""Names every module with tables, so that the metadata is whole."""

import radiodesk.accounts.models
import radiodesk.archive.models
import radiodesk.audio.models
import radiodesk.broadcasts.models
import radiodesk.calls.channels.models
import radiodesk.calls.lines.models
import radiodesk.calls.models
import radiodesk.calls.takes
import radiodesk.core.audit
import radiodesk.core.events
import radiodesk.core.jobs
import radiodesk.core.key_checks
import radiodesk.programme.models
import radiodesk.record.models
import radiodesk.speech.live.models
import radiodesk.speech.models
import radiodesk.tickets.models
import radiodesk.traffic.models  # noqa: F401
