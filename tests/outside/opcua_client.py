"""An OPC UA client that is not ours: takes in all changes of an emulation, and prints them as JSON."""

import asyncio
import json
import sys

from asyncua import Client, ua


class Handler:
    def __init__(self):
        self.seen = []

    def datachange_notification(self, node, content, data):
        item = data.monitored_item.Value
        if item.StatusCode.is_good():
            self.seen.append((node.nodeid.Identifier, content, item.SourceTimestamp.isoformat()))


async def connected(url):
    while True:
        client = Client(url)
        try:
            await client.connect()
            return client
        except (OSError, asyncio.TimeoutError):
            await asyncio.sleep(0.05)


async def main():
    print("ready", flush=True)
    client = await connected(sys.argv[1])
    index = await client.get_namespace_index("urn:linewright:emulation")
    folder = await client.nodes.objects.get_child(f"{index}:Linewright")
    nodes = await folder.get_children()
    handler = Handler()
    subscription = await client.create_subscription(100, handler)
    every = ua.DataChangeFilter(Trigger=ua.DataChangeTrigger.StatusValueTimestamp)
    requests = [
        ua.MonitoredItemCreateRequest(
            ua.ReadValueId(node.nodeid, ua.AttributeIds.Value),
            ua.MonitoringMode.Reporting,
            ua.MonitoringParameters(number + 1, 0.0, every, 100000, True),
        )
        for number, node in enumerate(nodes)
    ]
    results = await subscription.create_monitored_items(requests)
    print("subscribed", flush=True)
    simulated = await client.get_node(f"ns={index};s=Simulated").read_value()
    tags = {(await node.read_description()).Text for node in nodes}
    try:
        await nodes[-1].write_value(1)
        refused = False
    except ua.UaStatusCodeError:
        refused = True
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    found = {
        "nodes": len(nodes),
        "results": len(results),
        "simulated": simulated,
        "tags": sorted(tags),
        "refused": refused,
        "seen": handler.seen,
    }
    print(json.dumps(found), flush=True)


asyncio.run(main())
