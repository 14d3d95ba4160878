"""A ring of one process is answered by the worker, which is another."""

from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import doorbell_queue
from radiodesk.operations.worker import HueyDoorbell


def test_the_worker_answers_what_another_process_rang(settings: Settings) -> None:
    answered: list[int] = []

    def run(job_id: int) -> bool:
        answered.append(job_id)
        return True

    HueyDoorbell(doorbell_queue(settings)).ring(7)
    worker = doorbell_queue(settings)
    HueyDoorbell(worker, run)

    worker.execute(worker.dequeue())

    assert answered == [7]
