"""Work of listeners' requests: what was corrected is laid out, and published, anew."""

from radiodesk.core.jobs import Kind, nothing
from radiodesk.rooms.record.listener_requests.line_corrections import LAY_OUT_JOB, lay_out

KINDS = {LAY_OUT_JOB: Kind(lay_out, nothing)}
