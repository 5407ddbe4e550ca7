"""Reads the exported scenes in this directory with pygltflib, trimesh and USD, and compares where everything is, and whether it is
seen, with what the JSON beside them says: at times that are neither keys nor frames.
"""

import json
from pathlib import Path

import numpy
import pygltflib
import trimesh
from pxr import Gf, Usd, UsdGeom, UsdValidation

# glTF has 24 bits: 30 s to 2 us, 5 m to 0.3 um.
GLTF_TOLERANCE = 5e-6
# USD mixes quaternions that are near to each other without sines, and leaves their length as it comes out.
USD_TOLERANCE = {"place": 1e-9, "turn": 1e-5}
WIDTHS = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}
VOLUMES = {"belt": 5.0 * 0.6 * 0.1, "carton 0": 0.4 * 0.3 * 0.2, "drum 1": numpy.pi * 0.15**2 * 0.25, "wedge 2": 0.0125}


def rotation(quaternion):
    x, y, z, w = quaternion
    return numpy.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])


def spherical(one, other, share):
    """Spherical linear interpolation, as appendix C of the glTF specification has it."""
    cosine = float(numpy.dot(one, other))
    if cosine < 0.0:
        cosine, other = -cosine, -other
    angle = numpy.arccos(min(cosine, 1.0))
    if angle < 1e-4:
        mixed = one + share * (other - one)
    else:
        mixed = (numpy.sin((1 - share) * angle) * one + numpy.sin(share * angle) * other) / numpy.sin(angle)
    return mixed / numpy.linalg.norm(mixed)


def numbers(gltf, index):
    accessor = gltf.accessors[index]
    assert accessor.componentType == pygltflib.FLOAT
    view = gltf.bufferViews[accessor.bufferView]
    width = WIDTHS[accessor.type]
    start = view.byteOffset + accessor.byteOffset
    raw = gltf.binary_blob()[start : start + 4 * width * accessor.count]
    values = numpy.frombuffer(raw, dtype="<f4").astype(float).reshape(accessor.count, width)
    assert numpy.allclose(values.min(axis=0), accessor.min) and numpy.allclose(values.max(axis=0), accessor.max)
    return values


def value_at(times, values, way, path, seconds):
    """What a sampler says."""
    assert (numpy.diff(times) > 0).all()
    after = int(numpy.searchsorted(times, seconds, side="right"))
    if after == 0:
        return values[0]
    if after == len(times) or way == "STEP":
        return values[after - 1]
    share = (seconds - times[after - 1]) / (times[after] - times[after - 1])
    one, other = values[after - 1], values[after]
    return spherical(one, other, share) if path == "rotation" else one + share * (other - one)


def compare_gltf(name, expected):
    gltf = pygltflib.GLTF2().load(f"{name}.glb")
    (scene,) = gltf.scenes
    (root,) = scene.nodes
    root = gltf.nodes[root]
    assert root.name == expected["name"], root.name
    # y is up: what was up along z is up along y now, and what was along y comes towards the viewer.
    upright = rotation(root.rotation)
    assert numpy.allclose(upright @ [0, 0, 1], [0, 1, 0], atol=1e-7) and numpy.allclose(upright @ [1, 0, 0], [1, 0, 0])
    channels = {}
    for animation in gltf.animations:
        for channel in animation.channels:
            sampler = animation.samplers[channel.sampler]
            times, values = numbers(gltf, sampler.input)[:, 0], numbers(gltf, sampler.output)
            channels[channel.target.node, channel.target.path] = (times, values, sampler.interpolation)
    furthest = 0.0
    seen = 0
    for moment in expected["moments"]:
        assert len(root.children) == len(moment["things"])
        for child, thing in zip(root.children, moment["things"], strict=True):
            node = gltf.nodes[child]
            assert node.name == thing["name"], (node.name, thing["name"])

            def now(path, still):
                channel = channels.get((child, path))
                if channel is None:
                    return numpy.array(still)
                return value_at(*channel, path, moment["seconds"])

            scale = now("scale", node.scale or [1, 1, 1])
            assert set(scale) in ({0.0}, {1.0}), scale
            assert (scale[0] == 1.0) == (thing["matrix"] is not None), (name, moment["seconds"], thing["name"])
            if thing["matrix"] is None:
                continue
            seen += 1
            matrix = numpy.array(thing["matrix"]).reshape(4, 4).T
            turn = upright @ rotation(now("rotation", node.rotation))
            place = upright @ now("translation", node.translation)
            wanted = upright @ matrix[:3, :]
            off = max(abs(turn - wanted[:, :3]).max(), abs(place - wanted[:, 3]).max())
            furthest = max(furthest, off)
            assert off < GLTF_TOLERANCE, (name, moment["seconds"], thing["name"], off)
    assert furthest > 0.0 and seen > 100
    print(f"{name}.glb: all poses agree ({seen} of them, within {furthest:.1e})")


def compare_meshes():
    scene = trimesh.load_scene("whole.glb")
    found = {}
    for node in scene.graph.nodes_geometry:
        _, geometry = scene.graph[node]
        mesh = scene.geometry[geometry].copy()
        mesh.merge_vertices(merge_norm=True, merge_tex=True)
        assert mesh.is_watertight and mesh.is_winding_consistent, node
        found[node] = mesh
    for name, volume in VOLUMES.items():
        # A drum has 32 flat sides.
        assert abs(found[name].volume / volume - 1) < 0.01, (name, found[name].volume, volume)
    belt = scene.geometry[scene.graph["belt"][1]]
    assert numpy.allclose(belt.bounds, [[0, -0.3, -0.1], [5, 0.3, 0]]), belt.bounds
    assert numpy.allclose(trimesh.transform_points(belt.bounds, scene.graph["belt"][0]), [[0, 0.7, 0.3], [5, 0.8, -0.3]])


def compare_usd(name, expected):
    stage = Usd.Stage.Open(f"{name}.usda")
    assert UsdGeom.GetStageUpAxis(stage) == "Z" and UsdGeom.GetStageMetersPerUnit(stage) == 1.0
    rate = stage.GetTimeCodesPerSecond()
    assert stage.GetEndTimeCode() == expected["duration"] * rate and stage.GetStartTimeCode() == 0
    assert stage.GetRootLayer().documentation == expected["name"]
    validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    problems = UsdValidation.ValidationContext(validators).Validate(stage)
    assert not problems, [problem.GetErrorAsString() for problem in problems]
    furthest = {"place": 0.0, "turn": 0.0}
    seen = 0
    for moment in expected["moments"]:
        code = moment["seconds"] * rate
        cache = UsdGeom.XformCache(code)
        boxes = UsdGeom.BBoxCache(code, [UsdGeom.Tokens.default_])
        for thing in moment["things"]:
            prim = stage.GetPrimAtPath(f"/Trace/thing_{thing['thing']}")
            assert prim.GetMetadata("displayName") == thing["name"]
            shown = UsdGeom.Imageable(prim).ComputeVisibility(code) != UsdGeom.Tokens.invisible
            assert shown == (thing["matrix"] is not None), (name, moment["seconds"], thing["name"])
            if not shown:
                continue
            seen += 1
            # Rows are columns there.
            found = numpy.array(cache.GetLocalToWorldTransform(prim)).T
            off = abs(found - numpy.array(thing["matrix"]).reshape(4, 4).T)
            for kind, value in (("place", off[:3, 3].max()), ("turn", off[:3, :3].max())):
                furthest[kind] = max(furthest[kind], value)
                assert value < USD_TOLERANCE[kind], (name, moment["seconds"], thing["name"], kind, value)
            middle = Gf.Range3d(boxes.ComputeWorldBound(prim).ComputeAlignedRange())
            assert not middle.IsEmpty() and middle.GetSize().GetLength() < 10
    assert seen > 100
    within = f"within {furthest['place']:.1e} and {furthest['turn']:.1e}"
    print(f"{name}.usda: all poses agree ({seen} of them, {within}), {len(validators)} validators find nothing")


def main():
    for file in sorted(Path.cwd().glob("*.json")):
        expected = json.loads(file.read_text(encoding="utf-8"))
        compare_gltf(file.stem, expected)
        compare_usd(file.stem, expected)
    compare_meshes()


main()
