"""Names every module with tables, so that the metadata is whole."""

import radiodesk.core.audit
import radiodesk.core.events
import radiodesk.core.figure_history
import radiodesk.core.hosts
import radiodesk.core.jobs
import radiodesk.core.key_checks
import radiodesk.rooms.accounts.models
import radiodesk.rooms.archive.models
import radiodesk.rooms.broadcasts.models
import radiodesk.rooms.calls.models
import radiodesk.rooms.lines.models
import radiodesk.rooms.logger.models
import radiodesk.rooms.messages.models
import radiodesk.rooms.programme.models
import radiodesk.rooms.record.listener_requests.models
import radiodesk.rooms.record.models
import radiodesk.rooms.recordings.models
import radiodesk.rooms.tickets.models
import radiodesk.rooms.traffic.models
import radiodesk.rooms.transcripts.live.models
import radiodesk.rooms.transcripts.models
