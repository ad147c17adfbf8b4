// SPDX-License-Identifier: Apache-2.0
#include "core/storage/audit.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/storage/change_record.h"
#include "core/storage/message_io.h"
#include "schemas/change_record.capnp.h"

namespace gyre::storage {
namespace {

Audit example() {
  return {.principal = "AKIAIOSFODNN7EXAMPLE",
          .verified = true,
          .request_id = "R1",
          .source_address = "2001:db8::17",
          .user_agent = "Boto3/1.26 \xff"};
}

TEST(Audit, IsCutToItsBounds) {
  Audit audit = example();
  bound(audit);
  EXPECT_EQ(audit, example());

  const std::string endless(16 * 1024, 'x');
  audit = {endless, false, endless, endless, endless};
  bound(audit);
  EXPECT_EQ(audit, (Audit{std::string(limits::kAuditPrincipalBytesMax, 'x'), false,
                          std::string(limits::kAuditRequestIdBytesMax, 'x'),
                          std::string(limits::kAuditAddressBytesMax, 'x'),
                          std::string(limits::kAuditUserAgentBytesMax, 'x')}));
}

TEST(Audit, StandsInTheRecordWithEachMemberOrWithout) {
  const Audit whole = example();
  for (unsigned members = 0; members < 32; ++members) {
    ChangeRecord record;
    if ((members & 1) != 0) record.audit.principal = whole.principal;
    if ((members & 2) != 0) record.audit.verified = true;
    if ((members & 4) != 0) record.audit.request_id = whole.request_id;
    if ((members & 8) != 0) record.audit.source_address = whole.source_address;
    if ((members & 16) != 0) record.audit.user_agent = whole.user_agent;
    EXPECT_EQ(decode_change_record(encode_change_record(record))->audit, record.audit) << members;
  }
}

TEST(Audit, TakesNoRoomInARecordThatHasNone) {
  ChangeRecord record;
  record.new_image = "image";
  const std::size_t without = encode_change_record(record).size();
  record.audit.verified = true;
  EXPECT_EQ(encode_change_record(record).size(), without);
  record.audit.user_agent = "12345678";
  EXPECT_EQ(encode_change_record(record).size(), without + 8);
}

TEST(ChangeRecord, RefusesImagesOfACodecThatItDoesNotKnow) {
  ChangeRecord record;
  record.new_image = "looks like any other";
  capnp::MallocMessageBuilder message;
  const std::string bytes = encode_change_record(record);
  MessageView view(bytes);
  ASSERT_TRUE(view.read<schemas::ChangeRecord>([&](schemas::ChangeRecord::Reader in) -> Status {
                    message.setRoot(in);
                    return {};
                  })
                  .ok());
  auto out = message.getRoot<schemas::ChangeRecord>();
  EXPECT_TRUE(decode_change_record(canonical_bytes(out)).ok());
  out.setImageCodec(3);
  const auto refused = decode_change_record(canonical_bytes(out));
  EXPECT_EQ(refused.error().code, ErrorCode::kCorruption);
  EXPECT_EQ(refused.error().message,
            "the images of a change record are encrypted or compressed by codec 3, which this version does "
            "not know");
}

}  // namespace
}  // namespace gyre::storage
