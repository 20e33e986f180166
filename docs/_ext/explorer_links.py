from typing import Any
def setup(app: Any) -> dict[str, Any]:
    return {"version": "1", "parallel_read_safe": True}
