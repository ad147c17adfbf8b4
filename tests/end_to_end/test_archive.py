# SPDX-License-Identifier: Apache-2.0
"""A region that archives: into a directory and into a bucket, through kills, and with a store that is away."""

import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import threading
import unittest
import urllib.request

from harness import GYRE, Program, Topology, wait_until

# `GYRE_ARCHIVE_KILLS=100 test_archive.py` for the long form.
KILLS = int(os.environ.get("GYRE_ARCHIVE_KILLS", "10"))
DAMAGES = int(os.environ.get("GYRE_ARCHIVE_DAMAGES", "100"))


def audit(*arguments, check=True, environment=None):
    done = subprocess.run(
        [GYRE, "audit", *arguments], capture_output=True, text=True, timeout=240, env=environment
    )
    if check and done.returncode != 0:
        raise AssertionError(f"gyre audit {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def verified(place, *arguments):
    return json.loads(audit("verify", str(place), "--json", *arguments).stdout.splitlines()[-1])


def lines(*arguments):
    """What `gyre replay` prints."""
    done = subprocess.run([GYRE, "replay", *arguments], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError(f"gyre replay {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


class Archived(unittest.TestCase):
    def start(self, archive, regions=("a",), **options):
        options = {"archive": str(archive), "archive_interval_s": 1, **options}
        topology = Topology(list(regions), options=options)
        self.addCleanup(topology.close)
        return topology.start()

    def folder(self):
        made = pathlib.Path(tempfile.mkdtemp(prefix="gyre-archive-"))
        self.addCleanup(shutil.rmtree, made, ignore_errors=True)
        return made

    def status(self, topology):
        return [json.loads(line) for line in topology.gyre("status", "--json", check=False).stdout.splitlines()]

    def wait_for_all(self, topology):
        """Until all that was committed before is archived and sealed."""
        def done():
            archive = self.status(topology)[0].get("archive")
            return archive and archive["LagRecords"] == archive["LagMs"] == 0 and archive["SealedSegment"] == archive["LastSegment"] > 0

        wait_until(done, "the archive to come up with the log", 120)


class Directory(Archived):
    def test_what_is_written_is_archived_sealed_shown_and_proved(self):
        place = self.folder() / "archive"
        topology = self.start(place)
        client = topology.create_table("orders", "a")
        for i in range(20):
            client.put_item(TableName="orders", Item={"pk": {"S": f"o{i % 5}"}, "total": {"N": str(i)}})
        client.delete_item(TableName="orders", Key={"pk": {"S": "o1"}})
        self.wait_for_all(topology)
        # `gyre status`, the page of metrics, the files.
        status = self.status(topology)[0]["archive"]
        self.assertEqual((status["Archive"], status["State"]), (f"directory {place}", "archiving"))
        self.assertEqual((status["Failures"], status["MissingSegments"]), (0, 0))
        self.assertIn("archiving, segments 1 to ", topology.gyre("status").stdout)
        with urllib.request.urlopen(topology.url("a") + "/metrics", timeout=60) as reply:
            page = reply.read().decode()
        self.assertIn("\ngyre_archive_enabled 1\n", page)
        self.assertIn("\ngyre_archive_missing_segments 0\n", page)
        self.assertRegex(page, r"\ngyre_archive_segments_total [1-9]")
        report = verified(place)
        self.assertEqual((report["findings"], report["sealed_segments"]), (0, report["segments"]))
        self.assertEqual(report["keys"], [status["Key"]])
        # Each anchor that was kept elsewhere is held against the archive.
        verified(place, "--key", report["keys"][0], "--seal", report["seal"])
        done = audit("verify", str(place), "--key", "00" * 32, check=False)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("the key that is known from elsewhere is none of the archive's", done.stdout)

        # One list of archive and log.
        client.put_item(TableName="orders", Item={"pk": {"S": "late"}})
        data = os.path.join(topology.data, "a", "data")
        whole = lines("orders", "--archive", str(place), "--log", data)
        self.assertEqual([line["event"] for line in whole].count("INSERT"), 6)
        self.assertEqual([line["event"] for line in whole].count("REMOVE"), 1)
        self.assertEqual(len(whole), 22)
        self.assertEqual(whole, json.loads("[" + ",".join(topology.gyre("replay", "orders").stdout.splitlines()) + "]"))
        back = lines("orders", "--archive", str(place), "--log", data, "--newest-first")
        self.assertEqual(back, whole[::-1])
        key = lines("orders", "--archive", str(place), "--key", "o1")
        self.assertEqual([line["event"] for line in key], ["INSERT", "MODIFY", "MODIFY", "MODIFY", "REMOVE"])
        self.assertEqual(lines("--archive", str(place), "--principal", "somebody"), [])
        self.assertEqual(len(lines("--archive", str(place), "--principal", "gyre", "--kind", "remove")), 1)
        third = key[2]["sequence"]
        self.assertEqual(lines("--archive", str(place), "--from-sequence", third, "--to-sequence", third), [key[2]])

        # Text for people, and CSV.
        told = topology.gyre("replay", "orders", "--key", "o1", "--format", "history").stdout
        self.assertIn('    ~ total: {"N":"1"} -> {"N":"6"}\n', told)
        self.assertIn("by gyre (claimed) from 127.0.0.1\n", told)
        rows = topology.gyre("replay", "orders", "--key", "o1", "--format", "csv").stdout.splitlines()
        self.assertEqual(len(rows), 6)
        self.assertTrue(rows[0].startswith("time,sequence,event,table,keys,principal,"))

        # Who, and the proof, which the verifier takes and, changed, does not.
        who = audit("who", "--archive", str(place), "--table", "orders", "--key", "o1").stdout
        self.assertEqual(who.count("gyre (claimed) from 127.0.0.1"), 5)
        proof = audit("proof", str(place), "--table", "orders", "--key", "o1", "--sequence", third).stdout
        self.assertTrue(self.holds(proof, report["keys"][0]))
        changed = json.loads(proof)
        changed["bytes"] = changed["bytes"][:-2] + ("00" if changed["bytes"][-2:] != "00" else "01")
        self.assertFalse(self.holds(json.dumps(changed), report["keys"][0]))
        done = audit("proof", str(place), "--table", "orders", "--key", "o2", "--sequence", third, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("the archive has no change of o2 in table orders with sequence", done.stderr)

        # A kept copy of a seal, and the newest one.
        seals = sorted((place / "seals").iterdir())
        kept = self.folder() / "kept.seal"
        shutil.copy(seals[0], kept)
        for old in ("1", str(kept)):
            proof = audit("consistency", old, "--archive", str(place)).stdout
            self.assertTrue(self.holds(proof, report["keys"][0]))
        self.assertEqual(topology.stop(), 0)

    def holds(self, proof, key):
        script = pathlib.Path(__file__).resolve().parents[2] / "examples" / "audit" / "verify_proof.py"
        done = subprocess.run(["/usr/bin/python3", str(script), "--key", key], input=proof, capture_output=True, text=True)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done.returncode == 0

    def test_another_key_signs_from_its_rotation_on(self):
        place = self.folder() / "archive"
        topology = self.start(place)
        client = topology.create_table("orders", "a")
        client.put_item(TableName="orders", Item={"pk": {"S": "one"}})
        self.wait_for_all(topology)
        topology.stop()
        old, new = os.path.join(topology.data, "a", "data", "archive.key"), str(self.folder() / "new.key")
        audit("rotate-key", str(place), "--key", old, "--next", new)
        file = pathlib.Path(topology.file)
        file.write_text(file.read_text() + f"archive_key = {json.dumps(new)}\n")
        topology.start()
        topology.boto3("a").put_item(TableName="orders", Item={"pk": {"S": "two"}})
        wait_until(lambda: verified(place)["sealed_segments"] == verified(place)["segments"], "a seal by the new key")
        self.wait_for_all(topology)
        report = verified(place)
        self.assertEqual((report["findings"], len(report["keys"])), (0, 2))
        self.assertEqual(self.status(topology)[0]["archive"]["Key"], report["keys"][1])

    def test_an_archive_that_cannot_be_reached_stops_no_writes_and_is_an_alarm(self):
        place = self.folder() / "archive"
        topology = self.start(place)
        client = topology.create_table("orders", "a")
        client.put_item(TableName="orders", Item={"pk": {"S": "one"}})
        self.wait_for_all(topology)
        away = place.with_name("away")
        place.rename(away)
        place.write_text("in the way")
        client.put_item(TableName="orders", Item={"pk": {"S": "two"}})
        wait_until(lambda: self.status(topology)[0]["archive"]["State"] == "failing", "the alarm")
        client.put_item(TableName="orders", Item={"pk": {"S": "three"}})
        with urllib.request.urlopen(topology.url("a") + "/metrics", timeout=60) as reply:
            self.assertIn("\ngyre_archive_failing 1\n", reply.read().decode())
        place.unlink()
        away.rename(place)
        self.wait_for_all(topology)
        self.assertEqual(verified(place)["findings"], 0)
        self.assertEqual({line["keys"]["pk"]["S"] for line in lines("orders", "--archive", str(place))}, {"one", "two", "three"})


class Bucket(Archived):
    def test_a_region_archives_into_a_bucket(self):
        script = pathlib.Path(__file__).with_name("s3_server.mjs")
        server = Program(["node", str(script), str(self.folder()), "gyre-test"])
        self.addCleanup(server.kill)
        url = "http://127.0.0.1:" + wait_until(lambda: server.lines, "s3rver serves")[0]
        keys = {"AWS_ACCESS_KEY_ID": "S3RVER", "AWS_SECRET_ACCESS_KEY": "S3RVER"}
        before = {name: os.environ.get(name) for name in keys}
        os.environ.update(keys)  # as the regions inherit them
        self.addCleanup(lambda: [os.environ.pop(name) if old is None else os.environ.update({name: old}) for name, old in before.items()])
        place = "s3://gyre-test/archives/a"
        topology = self.start(place, archive_endpoint=url)
        client = topology.create_table("orders", "a")
        for i in range(10):
            client.put_item(TableName="orders", Item={"pk": {"S": f"o{i}"}})
        self.wait_for_all(topology)
        report = verified(place, "--s3-endpoint", url)
        self.assertEqual((report["findings"], report["sealed_segments"]), (0, report["segments"]))
        self.assertEqual(len(lines("orders", "--archive", place, "--s3-endpoint", url)), 10)


class Writer(threading.Thread):
    """Puts 1, 2, 3 ... one after the other; what was acknowledged is counted, also over the region's deaths."""

    def __init__(self, topology, name):
        super().__init__(daemon=True)
        self.client = topology.boto3("a")
        self.key = name
        self.acknowledged = 0
        self.stopping = threading.Event()

    def run(self):
        while not self.stopping.is_set():
            try:
                key = f"{self.key}/{self.acknowledged + 1}"
                self.client.put_item(TableName="orders", Item={"pk": {"S": key}, "v": {"S": "x" * 2000}})
                self.acknowledged += 1
            except Exception:  # the region was killed: its outcome is open, so the same is put again
                self.stopping.wait(0.02)


class Kills(Archived):
    def test_a_region_that_is_killed_while_it_archives_leaves_no_gap(self):
        place = self.folder() / "archive"
        topology = self.start(place)
        topology.create_table("orders", "a")
        writers = [Writer(topology, f"w{i}") for i in range(3)]
        for writer in writers:
            writer.start()
        source = random.Random(1)
        try:
            for kill in range(KILLS):
                # At any moment of what it does: after so many more objects.
                wanted = self.objects(place) + source.randrange(1, 8)
                wait_until(lambda: self.objects(place) >= wanted, f"more objects before kill {kill}", 120)
                pid = topology.pid("a")
                topology.gyre("region", "kill", "a")
                topology.gyre("region", "restart", "a")

                def back():
                    try:
                        return topology.pid("a") != pid and self.status(topology)[0]["state"] == "running"
                    except (FileNotFoundError, ValueError):
                        return False

                wait_until(back, "the region to be back", 120)
        finally:
            for writer in writers:
                writer.stopping.set()
            for writer in writers:
                writer.join(60)
        self.assertGreater(min(writer.acknowledged for writer in writers), 0)
        self.wait_for_all(topology)
        report = verified(place)
        self.assertEqual((report["findings"], report["sealed_segments"]), (0, report["segments"]))
        seen = set()
        sequences = []
        for line in lines("orders", "--archive", str(place)):
            seen.add(line["keys"]["pk"]["S"])
            sequences.append(line["sequence"])
        self.assertEqual(sequences, sorted(set(sequences)))
        for writer in writers:
            for i in range(1, writer.acknowledged + 1):
                self.assertIn(f"{writer.key}/{i}", seen)

    def objects(self, place):
        return sum(len(files) for _, _, files in os.walk(place))


class Damage(Archived):
    def test_every_damage_is_found_and_named_and_nothing_else_is(self):
        place = self.folder() / "archive"
        topology = self.start(place)
        client = topology.create_table("orders", "a")
        for round in range(3):
            for i in range(10):
                client.put_item(TableName="orders", Item={"pk": {"S": f"{round}/{i}"}, "v": {"S": "x" * 100}})
            self.wait_for_all(topology)
        topology.stop()
        report = verified(place)
        anchors = ["--key", report["keys"][0], "--seal", report["seal"]]
        self.assertGreaterEqual(report["segments"], 3)
        files = sorted(path for path in place.rglob("*") if path.is_file())
        source = random.Random(2)
        for number in range(DAMAGES):
            path = source.choice(files)
            before = path.read_bytes()
            at = source.randrange(len(before))
            kind = source.choice(["flip", "flip", "cut", "add", "insert", "remove"])
            after = {
                "flip": before[:at] + bytes([before[at] ^ (1 << source.randrange(8))]) + before[at + 1 :],
                "cut": before[:at],
                "add": before + bytes([source.randrange(256)]),
                "insert": before[:at] + bytes([source.randrange(256)]) + before[at:],
                "remove": None,
            }[kind]
            path.unlink()
            if after is not None:
                path.write_bytes(after)
            done = audit("verify", str(place), *anchors, check=False)
            name = str(path.relative_to(place))
            if kind == "remove" and path == max(file for file in files if file.parent.name == "seals"):
                name = "seals/: the seal that is known from elsewhere is missing"  # nothing tells its number
            self.assertEqual(done.returncode, 1, f"damage {number}: {kind} of {name} at {at}:\n{done.stdout}{done.stderr}")
            self.assertIn(name, done.stdout, f"damage {number}: {kind} at {at}")
            path.unlink(missing_ok=True)
            path.write_bytes(before)
        self.assertEqual(verified(place, *anchors)["findings"], 0)


if __name__ == "__main__":
    unittest.main()
