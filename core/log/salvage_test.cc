// SPDX-License-Identifier: Apache-2.0
#include "core/log/salvage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/log/harness_test.h"

namespace gyre::log {
namespace {

using ::testing::HasSubstr;

struct Salvaged {
  std::set<std::uint64_t> frames;
  std::vector<std::string> damages;
};

Salvaged salvage(Harness& harness, std::uint64_t segment) {
  Salvaged all;
  Salvage steps = Salvage::open(harness.disk, SegmentNumber(segment)).value();
  while (const auto step = steps.next().value()) {
    if (step->frame) {
      all.frames.insert(step->frame->view.header().number.value());
    } else {
      all.damages.push_back(step->damage);
    }
  }
  return all;
}

std::set<std::uint64_t> frames_of(const Harness& harness, std::uint64_t segment) {
  std::set<std::uint64_t> frames;
  for (const auto& frame : harness.frames) {
    if (frame.position.segment.value() == segment) frames.insert(frame.position.frame.value());
  }
  return frames;
}

TEST(Salvage, AWholeSegmentHasAllOfItsFrames) {
  Harness harness;
  harness.append_synced(40);
  while (harness.log->seal().value()) {
  }
  const std::uint64_t last = harness.frames.back().position.segment.value();
  for (std::uint64_t segment = 1; segment <= last; ++segment) {
    const Salvaged all = salvage(harness, segment);
    EXPECT_EQ(all.frames, frames_of(harness, segment));
    EXPECT_TRUE(all.damages.empty());
  }
}

// Wherever one byte is damaged, at most its frame is lost, and the damage is named; unless it is in the last
// frame of a segment that is not sealed, which nothing tells from a write that never ended.
TEST(Salvage, ADamagedByteCostsAtMostItsFrame) {
  for (const bool sealed : {true, false}) {
    Harness harness;
    harness.append_synced(20);
    ASSERT_TRUE(harness.log->close_segment().ok());
    while (sealed && harness.log->seal().value()) {
    }
    const std::set<std::uint64_t> whole = frames_of(harness, 1);
    ASSERT_GT(whole.size(), 5);
    const std::string clean = harness.disk.contents(harness.segment_file(1));
    for (std::size_t i = 0; i < whole.size(); ++i) {
      const auto& position = harness.frames[i].position;
      const std::uint64_t end =
          i + 1 < whole.size() ? harness.frames[i + 1].position.offset : position.offset + 64;
      for (std::uint64_t at = position.offset; at < end; at += 13) {
        harness.disk.flip_byte(harness.segment_file(1), at);
        const Salvaged all = salvage(harness, 1);
        std::set<std::uint64_t> expected = whole;
        const bool lost = !all.frames.contains(i + 1);
        if (lost) expected.erase(i + 1);
        EXPECT_EQ(all.frames, expected) << at;
        const bool is_last = i + 1 == whole.size() && !sealed;
        EXPECT_EQ(all.damages.size(), lost && !is_last ? 1 : 0) << at;
        if (!all.damages.empty()) {
          EXPECT_THAT(all.damages[0], HasSubstr("segment 1, offset " + std::to_string(position.offset) +
                                                ", frame " + std::to_string(i + 1)));
        }
        harness.disk.set_contents(harness.segment_file(1), clean);
      }
    }
  }
}

TEST(Salvage, WithoutItsBeginningNothingCanBeRead) {
  Harness harness;
  harness.append_synced(5);
  harness.disk.flip_byte(harness.segment_file(1), 600);
  const auto opened = Salvage::open(harness.disk, SegmentNumber(1));
  EXPECT_EQ(opened.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(opened.error().message, HasSubstr("segment 1, offset 512"));
  harness.disk.set_contents(harness.segment_file(1), "short");
  EXPECT_EQ(Salvage::open(harness.disk, SegmentNumber(1)).error().code, ErrorCode::kCorruption);
}

}  // namespace
}  // namespace gyre::log
