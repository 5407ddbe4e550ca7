"""Plays scenes of belts, stops and boxes in MuJoCo: a JSON object a line in, one a line out.

`cargo xtask bench motion --mujoco PYTHON` starts this beside its own zones and hands both the same scenes; see
docs/validation.md. Belts are fixed boxes with a surface velocity (``surfacevel``), which MuJoCo has since 3.11.
The first line out says which MuJoCo this is, or why there is none.
"""

from __future__ import annotations

import copy
import functools
import json
import sys
import time
from typing import Any

# How thick belts and stops are, as in a zone.
BELT_M = 0.1
STOP_M = 0.02
# Friction is that of sliding only: torsion and rolling would hold boxes besides.
SLIDING_ONLY = "0 0"


def model_of(scene: dict[str, Any]) -> str:
    """The scene as MJCF. Of two frictions MuJoCo takes the greater one; here both are the same."""
    friction = f'friction="{scene["friction"]} {SLIDING_ONLY}"'
    lines = [
        "<mujoco>",
        f'<option timestep="{scene["step_s"]}" gravity="0 0 {-scene["gravity_m_per_s2"]}" cone="{scene["cone"]}">',
        f'<flag island="{scene["island"]}"/></option>',
        '<size memory="512M"/>',
        "<worldbody>",
    ]
    for belt in scene["belts"]:
        x, y = belt["begin_m"]
        length, width = belt["length_m"], belt["width_m"]
        lines.append(
            f'<geom type="box" size="{length / 2} {width / 2} {BELT_M / 2}" pos="{x + length / 2} {y} {-BELT_M / 2}" '
            f'surfacevel="{belt["speed_m_per_s"]} 0 0 0 0 0" {friction}/>'
        )
    for stop in scene["stops"]:
        x, y = stop["face_m"]
        width, height = stop["width_m"], stop["height_m"]
        lines.append(
            f'<geom type="box" size="{STOP_M / 2} {width / 2} {height / 2}" pos="{x + STOP_M / 2} {y} {height / 2}" '
            f"{friction}/>"
        )
    length, width, height = scene["box_m"]
    for x, y in scene["boxes_m"]:
        lines.append(
            f'<body pos="{x} {y} {height / 2}"><freejoint/><geom type="box" size="{length / 2} {width / 2} {height / 2}" '
            f'mass="{scene["mass_kg"]}" {friction}/></body>'
        )
    lines += ["</worldbody>", "</mujoco>"]
    return "\n".join(lines)


@functools.lru_cache(maxsize=1)
def warmed(mujoco: Any, request: str) -> tuple[Any, Any]:
    """The model and its state after the warm-up, kept while the same is asked for again."""
    scene = json.loads(request)
    model = mujoco.MjModel.from_xml_string(model_of(scene))
    data = mujoco.MjData(model)
    # A free joint has seven coordinates, x first, and six velocities.
    data.qvel[0::6] = scene["box_speed_m_per_s"]
    if scene["warm_up"]:
        mujoco.mj_step(model, data, scene["warm_up"])
    return model, data


def play(mujoco: Any, request: str) -> dict[str, Any]:
    """Steps the scene: seconds of this process's processors for the steps that count, where every box is, and, where it
    is asked for, the speed of the first box after each step."""
    scene = json.loads(request)
    model, data = warmed(mujoco, request)
    data = copy.copy(data)
    speeds = []
    start_s = time.process_time()
    if scene["watched"]:
        for _ in range(scene["steps"]):
            mujoco.mj_step(model, data)
            speeds.append(float(data.qvel[0]))
    else:
        mujoco.mj_step(model, data, scene["steps"])
    seconds = time.process_time() - start_s
    return {"seconds": seconds, "x_m": data.qpos[0::7].tolist(), "speeds_m_per_s": speeds}


def tell(reply: dict[str, Any]) -> None:
    print(json.dumps(reply), flush=True)


def main() -> None:
    try:
        import mujoco
    except ImportError as error:
        tell({"missing": f"{error}; `pip install mujoco` installs it"})
        return
    if not hasattr(mujoco.MjModel, "geom_surfacevel"):
        tell({"missing": f"MuJoCo {mujoco.__version__} has no surface velocities; 3.11 and later have"})
        return
    tell({"version": mujoco.__version__})
    for line in sys.stdin:
        tell(play(mujoco, line))


if __name__ == "__main__":
    main()
