// SPDX-License-Identifier: Apache-2.0
#include "cli/log_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/base/base64.h"
#include "core/json/json_reader.h"
#include "core/log/harness_test.h"
#include "core/storage/change_record.h"

namespace gyre::cli {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct LogFixture {
  log::Harness harness;

  LogFixture() {
    harness.append_synced(40);
    while (harness.log->seal().value()) {
    }
  }
  std::size_t record_count() const {
    std::size_t count = 0;
    for (const auto& frame : harness.frames) count += frame.content.records.size();
    return count;
  }
  std::vector<std::string> verify(bool json, bool damaged) {
    std::vector<std::string> lines;
    const auto print = [&](const std::string& line) { lines.push_back(line); };
    EXPECT_EQ(verify_log(harness.disk, json, print).value(), damaged);
    return lines;
  }
  std::vector<std::string> dump(const LogCommand& command, bool damaged) {
    std::vector<std::string> lines;
    const auto print = [&](const std::string& line) { lines.push_back(line); };
    EXPECT_EQ(dump_log(harness.disk, command, print).value(), damaged);
    return lines;
  }
};

TEST(LogCommands, VerifySaysWhatIsInEachSegment) {
  LogFixture at;
  const auto lines = at.verify(false, false);
  ASSERT_GT(lines.size(), 2);
  EXPECT_THAT(lines[0],
              AllOf(StartsWith("segment 1: sealed, "), HasSubstr(" frames, "), HasSubstr(", frames 1 to ")));
  EXPECT_THAT(lines, Each(Not(HasSubstr("damage"))));
  std::int64_t records = 0;
  for (const std::string& line : at.verify(true, false)) {
    json::Parser parser;
    records += *parser.parse(line).value().find("record_count")->as_int();
  }
  EXPECT_EQ(records, static_cast<std::int64_t>(at.record_count()));
}

TEST(LogCommands, VerifyNamesDamageAndGoesOn) {
  LogFixture at;
  const auto record = at.harness.records(ShardId(1)).at(3);
  const std::string file = at.harness.segment_file(1);
  at.harness.disk.flip_byte(file, at.harness.disk.contents(file).find(record.bytes));
  const auto lines = at.verify(false, true);
  EXPECT_THAT(lines[0],
              AllOf(StartsWith("segment 1: damaged, "), HasSubstr("damage: segment 1, offset "),
                    HasSubstr("the record with sequence " + std::to_string(record.head.sequence.value()))));
  EXPECT_THAT(std::vector<std::string>(lines.begin() + 1, lines.end()), Each(Not(HasSubstr("damage"))));
  EXPECT_THAT(at.verify(true, true)[0], HasSubstr("\"state\":\"damaged\""));
}

TEST(LogCommands, VerifyNoticesAMissingSegment) {
  LogFixture at;
  ASSERT_TRUE(at.harness.disk.remove(at.harness.segment_file(2)).ok());
  EXPECT_THAT(at.verify(false, true)[1], HasSubstr("damage: segment 3 does not come next"));
}

TEST(LogCommands, DumpPrintsEachRecord) {
  LogFixture at;
  const auto lines = at.dump({}, false);
  ASSERT_EQ(lines.size(), at.record_count());
  std::size_t next = 0;
  for (const auto& frame : at.harness.frames) {
    for (const auto& record : frame.content.records) {
      json::Parser parser;
      const json::Value line = parser.parse(lines[next++]).value();
      EXPECT_EQ(line.find("sequence")->as_int(), static_cast<std::int64_t>(record.head.sequence.value()));
      EXPECT_EQ(line.find("shard")->as_int(), static_cast<std::int64_t>(record.head.shard.value()));
      EXPECT_EQ(line.find("frame")->as_int(), static_cast<std::int64_t>(frame.position.frame.value()));
      EXPECT_EQ(line.find("record")->as_string(), base64(record.bytes));
    }
  }
  EXPECT_EQ(at.dump({.shard = 2}, false).size(), at.harness.records(ShardId(2)).size());
  EXPECT_THAT(at.dump({.segment = 2}, false), Each(StartsWith("{\"segment\":2,")));
  EXPECT_EQ(dump_log(at.harness.disk, {.segment = 99}, [](const std::string&) {}).error().code,
            ErrorCode::kResourceNotFound);
}

std::string dumped(const log::EntryHead& head, std::string_view bytes) {
  log::Harness harness;
  log::FrameBuilder frame;
  frame.add_entry(head, bytes);
  EXPECT_TRUE(harness.log->append(frame, {.last_sequence = head.sequence}).ok());
  EXPECT_TRUE(harness.log->sync().ok());
  std::string text;
  EXPECT_TRUE(dump_log(harness.disk, {}, [&](const std::string& line) { text += line; }).ok());
  return text;
}

TEST(LogCommands, DumpSaysWhoAskedForAChange) {
  storage::ChangeRecord record;
  record.table = TableId(7);
  record.kind = storage::ChangeKind::kModify;
  record.audit = {"AKIA", true, "R1", "10.0.0.1", "agent/1"};
  EXPECT_THAT(
      dumped({.shard = ShardId(1), .sequence = SequenceNumber(1), .ordinal = Ordinal(1)},
             storage::encode_change_record(record)),
      HasSubstr(R"("change":{"event":"MODIFY","table_id":7,"principal":"AKIA","principal_verified":true,)"
                R"("request_id":"R1","source_address":"10.0.0.1","user_agent":"agent/1"})"));
}

TEST(LogCommands, DumpSaysWhyARecordCannotBeRead) {
  log::EntryHead head{.shard = ShardId(1), .sequence = SequenceNumber(1), .ordinal = Ordinal(1)};
  EXPECT_THAT(dumped(head, "no change record"), HasSubstr("\"unreadable\":\""));
  head.codec = 3;
  const std::string bytes = storage::encode_change_record({});
  EXPECT_THAT(dumped(head, bytes),
              AllOf(HasSubstr("\"codec\":3"), Not(HasSubstr("\"change\":")),
                    HasSubstr("is compressed by codec 3, which this version does not know")));
  head.key_id = 9;
  EXPECT_THAT(dumped(head, bytes), HasSubstr("is encrypted with key 9"));
}

TEST(LogCommands, DumpPassesOverWhatIsDamaged) {
  LogFixture at;
  const auto record = at.harness.records(ShardId(1)).at(3);
  const std::string file = at.harness.segment_file(1);
  at.harness.disk.flip_byte(file, at.harness.disk.contents(file).find(record.bytes));
  const auto lines = at.dump({}, true);
  EXPECT_EQ(lines.size(), at.record_count());  // one of them says that it is damaged
  EXPECT_EQ(
      std::count_if(lines.begin(), lines.end(),
                    [](const std::string& line) { return line.find("\"damage\":") != std::string::npos; }),
      1);
}

// All frames are good, and yet the segment is not what it was.
TEST(LogCommands, ALostEndIsNamed) {
  LogFixture at;
  const std::string file = at.harness.segment_file(1);
  at.harness.disk.flip_byte(file, at.harness.disk.contents(file).size() - 20);
  const auto verified = at.verify(false, true);
  EXPECT_THAT(verified[0],
              AllOf(StartsWith("segment 1: damaged, "),
                    HasSubstr("damage: segment 1: its end is missing or damaged, since segment 2")));
  EXPECT_THAT(std::vector<std::string>(verified.begin() + 1, verified.end()), Each(Not(HasSubstr("damage"))));
  const auto lines = at.dump({}, true);
  EXPECT_EQ(lines.size(), at.record_count() + 1);
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [](const std::string& line) {
                            return line.find("its end is missing or damaged") != std::string::npos;
                          }),
            1);
}

TEST(LogCommands, FindTheLogAndMakeNothing) {
  std::string pattern = (std::filesystem::temp_directory_path() / "gyre_log_XXXXXX").string();
  const std::string data = ::mkdtemp(pattern.data());
  EXPECT_EQ(open_log_folder(data).error().code, ErrorCode::kResourceNotFound);
  EXPECT_EQ(open_log_folder(data + "/none").error().code, ErrorCode::kResourceNotFound);
  EXPECT_FALSE(std::filesystem::exists(data + "/none"));
  EXPECT_TRUE(std::filesystem::is_empty(data));
  LogFixture at;
  std::filesystem::create_directory(data + "/log");
  const std::string file = at.harness.segment_file(1);
  std::ofstream(data + "/log/" + file, std::ios::binary) << at.harness.disk.contents(file);
  for (const std::string& path : {data, data + "/log"}) {
    const auto folder = open_log_folder(path).value();
    std::size_t lines = 0;
    EXPECT_FALSE(verify_log(*folder, false, [&](const std::string&) { ++lines; }).value());
    EXPECT_EQ(lines, 1);
  }
  std::filesystem::remove_all(data);
}

}  // namespace
}  // namespace gyre::cli
