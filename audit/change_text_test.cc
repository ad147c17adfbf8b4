// SPDX-License-Identifier: Apache-2.0
#include "audit/change_text.h"

#include <gtest/gtest.h>

#include "core/model/item_codec.h"

namespace gyre::audit {
namespace {

storage::ChangeRecord sample() {
  storage::ChangeRecord record;
  record.sequence = SequenceNumber(7);
  record.kind = storage::ChangeKind::kModify;
  record.keys = encode_item({{"pk", AttributeValue::string("a,\"b\"")}});
  record.old_image = encode_item({{"v", AttributeValue::string("1")}});
  record.new_image = encode_item({{"v", AttributeValue::string("2")}});
  record.origin.region = RegionId("us-east-1");
  record.commit_time = hybrid_from_ms(1'769'860'800'123);
  record.audit = {.principal = "AKIA\n1", .verified = false, .request_id = "r1", .source_address = "::1"};
  return record;
}

TEST(ChangeText, TimesAreInUtcWithMilliseconds) {
  EXPECT_EQ(time_text(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(time_text(1'769'860'800'123), "2026-01-31T12:00:00.123Z");
  EXPECT_EQ(time_text(253'402'300'799'999), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(time_text(UINT64_MAX), "18446744073709551615 ms");
}

TEST(ChangeText, ARowHasAsManyColumnsAsItsHeadingAndQuotesWhatItMust) {
  EXPECT_EQ(csv_row(sample(), "orders").value(),
            "2026-01-31T12:00:00.123Z,000000000000000000007,MODIFY,orders,"
            "\"{\"\"pk\"\":{\"\"S\"\":\"\"a,\\\"\"b\\\"\"\"\"}}\",\"AKIA\n1\",false,::1,,r1,us-east-1,"
            "\"{\"\"v\"\":{\"\"S\"\":\"\"1\"\"}}\",\"{\"\"v\"\":{\"\"S\"\":\"\"2\"\"}}\"");
  EXPECT_EQ(csv_heading(),
            "time,sequence,event,table,keys,principal,verified,source_address,user_agent,request_id,region,"
            "old_image,new_image");
}

TEST(ChangeText, APersonReadsWhenWhatAndWho) {
  storage::ChangeRecord record = sample();
  record.audit.principal = "alice";
  EXPECT_EQ(readable_change(record, "orders").value(),
            "2026-01-31T12:00:00.123Z  MODIFY  orders {\"pk\":{\"S\":\"a,\\\"b\\\"\"}}  sequence 7, by alice "
            "(claimed) from ::1\n    ~ v: {\"S\":\"1\"} -> {\"S\":\"2\"}\n");
  record.audit.verified = true;
  EXPECT_EQ(who_text(record.audit), "alice (verified) from ::1");
  EXPECT_EQ(who_text({}), "nobody that is known");
}

TEST(ChangeText, ADamagedImageIsAnError) {
  storage::ChangeRecord record = sample();
  record.new_image = "none";
  EXPECT_FALSE(csv_row(record, "orders").ok());
  EXPECT_FALSE(readable_change(record, "orders").ok());
}

}  // namespace
}  // namespace gyre::audit
