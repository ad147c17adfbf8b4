// SPDX-License-Identifier: Apache-2.0
// The codecs of stored items, change records, conflicts, catalog rows and cursors: round trips, and bytes
// that may be anything.

#include "core/storage/catalog.h"
#include "core/storage/change_log.h"
#include "core/storage/encoded_size.h"
#include "core/storage/harness_test.h"
#include "core/storage/stored_item.h"

namespace gyre::storage {
namespace {

std::string random_bytes(Random& random, std::size_t size_max) {
  std::string bytes(random.below(size_max + 1), '\0');
  for (char& c : bytes) c = static_cast<char>(random.next());
  return bytes;
}

VersionVector random_vector(Random& random) {
  VersionVector vector;
  for (std::uint64_t i = random.below(4); i > 0; --i)
    vector.observe(IncarnationId(random.below(9)), random.next());
  return vector;
}

Version random_version(Random& random) {
  return {random.next(), RegionId(random_bytes(random, 12))};
}

ChangeRecord random_record(Random& random) {
  ChangeRecord record;
  record.shard = ShardId(random.next());
  record.sequence = SequenceNumber(random.next());
  record.ordinal = Ordinal(random.next());
  record.cumulative_bytes = random.next();
  record.kind = static_cast<ChangeKind>(random.below(5));
  record.table = TableId(random.next());
  record.keys = random_bytes(random, 20);
  record.old_image = random_bytes(random, 100);
  record.new_image = random_bytes(random, 100);
  record.version = random_version(random);
  record.vector = random_vector(random);
  record.replaced = random_version(random);
  record.origin = {RegionId(random_bytes(random, 12)), IncarnationId(random.next()),
                   SequenceNumber(random.next())};
  record.commit_time = random.next();
  record.transaction_id = random.next();
  record.participant_count = static_cast<std::uint32_t>(random.next());
  record.audit = {random_bytes(random, 30), random.below(2) == 1, random_bytes(random, 30),
                  random_bytes(random, 30), random_bytes(random, 30)};
  record.backfill = random.below(2) == 1;
  record.catalog_change = random_bytes(random, 30);
  return record;
}

TableSchema full_schema() {
  TableSchema table = replicated(test_schema(TableId(77), "orders"));
  table.uuid = "f3c9";
  table.key_schema.sort = KeyAttribute{"sk", ScalarType::kNumber};
  table.billing_mode = BillingMode::kProvisioned;
  table.on_demand_ms = 3;
  table.throughput = {5, 6, 7, 8, 9};
  table.on_demand = {std::nullopt, 20};
  table.warm = WarmThroughput{12'000, 4'000};
  table.table_class = TableClass::kStandardInfrequentAccess;
  table.table_class_changed_ms = 4;
  table.table_class_changed_before_ms = 3;
  table.indexes.resize(2);
  table.indexes[0].name = "local";
  table.indexes[0].local = true;
  table.indexes[0].partition = {table.key_schema.partition};
  table.indexes[0].sort = {{"n", ScalarType::kNumber}};
  table.indexes[1].id = IndexId(2);
  table.indexes[1].partition = {{"a", ScalarType::kString}, {"b", ScalarType::kBinary}};
  table.indexes[1].projection = ProjectionType::kInclude;
  table.indexes[1].non_key_attributes = {"z", "c"};
  table.indexes[1].throughput = {1, 2, 0, 0, 0};
  table.indexes[1].status = IndexStatus::kCreating;
  table.indexes[1].backfilling = true;
  table.time_to_live = TimeToLive{"expires", true, 5};
  table.tags = {{"owner", "ann"}, {"stage", ""}};
  table.encryption = {EncryptionKind::kCustomer,
                      {{RegionId("eu-west-1"), "one"}, {RegionId("us-east-1"), "two"}},
                      1'700'000'000'007};
  table.recovery = PointInTimeRecovery{1'700'000'000'008, 35};
  table.settings_stamp = 77;
  table.capacity_stamp = 78;
  table.created_ms = 123;
  table.status = TableStatus::kUpdating;
  table.deletion_protection = true;
  table.streams.push_back({"2026-11-21T08:15:30.123", StreamViewType::kKeysOnly, 1, 2});
  table.streams.push_back({"2026-11-21T09:15:30.123", StreamViewType::kOldImage, 3, std::nullopt});
  table.group->members[1].backfill_source = RegionId("here");
  table.deleted_ms = 99;
  return table;
}

ShardDescriptor full_shard() {
  return {ShardId(5), TableId(77),       ShardId(4),        10,         20,      100,
          200,        SequenceNumber(7), SequenceNumber(9), Ordinal(3), "label", 4096};
}

std::vector<CatalogChange> one_of_each() {
  return {TableChanged{full_schema()},
          TableDropped{full_schema()},
          ShardChanged{full_shard()},
          ShardTrimmed{full_shard()},
          RoomMessage{RoomMessage::Kind::kMembershipRequest, encode_shard(full_shard())},
          RoomMessage{RoomMessage::Kind::kMembershipReply, encode_table(full_schema())}};
}

TEST(Codec, StoredItemsReadBack) {
  SeededRandom random(1);
  for (int i = 0; i < 500; ++i) {
    StoredItem item;
    if (random.below(2)) item.image = test_image("a", random_bytes(random, 50));
    item.version = random_version(random);
    item.vector = random_vector(random);
    item.sequence = SequenceNumber(random.next());
    item.dynamodb_bytes = random.next();
    const std::string bytes = encode_stored_item(item);
    const StoredItem back = ok(decode_stored_item(bytes));
    EXPECT_EQ(back.image, item.image);
    EXPECT_EQ(back.version, item.version);
    EXPECT_EQ(back.vector, item.vector);
    EXPECT_EQ(back.sequence, item.sequence);
    EXPECT_EQ(back.dynamodb_bytes, item.dynamodb_bytes);
    EXPECT_EQ(ok(stored_version(bytes)), item.version);
    EXPECT_EQ(stored_image(bytes).ok(), item.exists());
    if (item.exists()) {
      const StoredImage stored = ok(stored_image(bytes));
      EXPECT_EQ(stored.image, *item.image);
      EXPECT_EQ(stored.dynamodb_bytes, item.dynamodb_bytes);
    }
  }
}

TEST(Codec, ChangeRecordsReadBackAtAnyAlignment) {
  SeededRandom random(2);
  for (int i = 0; i < 500; ++i) {
    const ChangeRecord record = random_record(random);
    const std::string bytes = encode_change_record(record);
    EXPECT_EQ(bytes.size() % 8, 0U);
    EXPECT_EQ(bytes.size(), change_record_size(record, {record.old_image, record.new_image, record.audit}));
    const std::string shifted = std::string(i % 8, 'x') + bytes;
    const std::string_view view = std::string_view(shifted).substr(i % 8);
    EXPECT_EQ(ok(decode_change_record(view)), record);
    const LogPosition position = ok(read_log_position(view));
    EXPECT_EQ(position.sequence, record.sequence);
    EXPECT_EQ(position.ordinal, record.ordinal);
    EXPECT_EQ(position.commit_time, record.commit_time);
    const ChangeSource source = ok(read_change_source(view));
    EXPECT_EQ(source.kind, record.kind);
    EXPECT_EQ(source.region, record.origin.region);
  }
}

TEST(Codec, ConflictsReadBack) {
  SeededRandom random(3);
  const Conflict conflict{
      TableId(1), "keys", SequenceNumber(2), 3, random_version(random), "win", random_version(random), ""};
  EXPECT_EQ(ok(decode_conflict(encode_conflict(conflict))), conflict);
}

TEST(Codec, CatalogRowsReadBack) {
  EXPECT_EQ(ok(decode_table(encode_table(full_schema()))), full_schema());
  EXPECT_EQ(ok(decode_table(encode_table(test_schema(TableId(1), "t")))), test_schema(TableId(1), "t"));
  EXPECT_EQ(ok(decode_shard(encode_shard(full_shard()))), full_shard());
  EXPECT_EQ(ok(decode_shard(encode_shard(ShardDescriptor{}))), ShardDescriptor{});
  for (const CatalogChange& change : one_of_each()) {
    const std::string bytes = encode_catalog_change(change);
    const CatalogChange back = ok(decode_catalog_change(bytes));
    EXPECT_EQ(back.index(), change.index());
    EXPECT_EQ(encode_catalog_change(back), bytes);
    const auto* said = std::get_if<RoomMessage>(&change);
    if (said == nullptr) continue;
    EXPECT_EQ(std::get<RoomMessage>(back).kind, said->kind);
    EXPECT_EQ(std::get<RoomMessage>(back).body, said->body);
  }
}

TEST(Codec, CursorsReadBack) {
  const LogCursor cursor{Epoch(1), ShardId(2), SequenceNumber(3), Ordinal(4), 5};
  EXPECT_EQ(ok(decode_log_cursor(encode_log_cursor(cursor))), cursor);
  EXPECT_FALSE(decode_log_cursor(encode_log_cursor(cursor) + "x").ok());
}

void decode_everything(std::string_view bytes) {
  (void)decode_stored_item(bytes).ok();
  (void)stored_image(bytes).ok();
  (void)stored_version(bytes).ok();
  (void)decode_change_record(bytes).ok();
  (void)read_log_position(bytes).ok();
  (void)read_change_source(bytes).ok();
  (void)decode_conflict(bytes).ok();
  (void)decode_table(bytes).ok();
  (void)decode_shard(bytes).ok();
  (void)decode_catalog_change(bytes).ok();
  (void)decode_log_cursor(bytes).ok();
}

TEST(Codec, RandomBytesNeverCrash) {
  SeededRandom random(4);
  for (int i = 0; i < 2'000; ++i) decode_everything(random_bytes(random, 200));
}

TEST(Codec, DamagedBytesNeverCrash) {
  SeededRandom random(5);
  std::vector<std::string> good = {encode_change_record(random_record(random)), encode_table(full_schema())};
  for (const CatalogChange& change : one_of_each()) good.push_back(encode_catalog_change(change));
  for (int i = 0; i < 2'000; ++i) {
    std::string bytes = good[random.below(good.size())];
    for (std::uint64_t flips = 1 + random.below(3); flips > 0; --flips) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.next());
    }
    if (random.below(4) == 0) bytes.resize(random.below(bytes.size()));
    decode_everything(bytes);
  }
}

TEST(Codec, EncodedSizeIsTheModelsSize) {
  const Item item = {
      {"pk", AttributeValue::string("abc")},
      {"n", AttributeValue::number(ok(Number::parse("-3.14159")))},
      {"b", AttributeValue::binary("xyz")},
      {"t", AttributeValue::boolean(true)},
      {"z", AttributeValue::null()},
      {"l",
       AttributeValue::list({AttributeValue::string("q"), AttributeValue::list({AttributeValue::null()})})},
      {"m", AttributeValue::map({{"k", AttributeValue::map({{"kk", AttributeValue::string("v")}})}})},
      {"ss", ok(AttributeValue::string_set({"a", "bb"}))},
      {"ns", ok(AttributeValue::number_set({ok(Number::parse("1")), ok(Number::parse("200"))}))},
      {"bs", ok(AttributeValue::binary_set({"a", "bb"}))},
  };
  EXPECT_EQ(ok(encoded_dynamodb_size(encode_item(item))), dynamodb_size(item));
  EXPECT_FALSE(encoded_dynamodb_size("not an item").ok());
}

TEST(ShardText, IsReversibleAndSortsByCreation) {
  const ShardId early((1'446'500'994'480ULL << 16) | 0x1f);
  const ShardId late((1'446'500'994'481ULL << 16) | 0x01);
  EXPECT_EQ(shard_id_text(early), "shardId-00000001446500994480-0000001f");
  EXPECT_LT(shard_id_text(early), shard_id_text(late));
  for (const ShardId id : {early, late, kCatalogShard, ShardId(~0ULL)})
    EXPECT_EQ(ok(parse_shard_id(shard_id_text(id))), id);
}

TEST(ShardText, OtherTextIsRefused) {
  for (const char* text :
       {"", "shardId-", "shardId-00000001446500994480-0000001F", "shardId-00000001446500994480_0000001f",
        "shardId-+0000001446500994480-0000001f", "shardId-99999999999999999999-0000001f",
        "shardId-00000001446500994480-0001001f"}) {
    EXPECT_EQ(code_of(parse_shard_id(text)), ErrorCode::kValidation) << text;
  }
}

TEST(SequenceText, IsReversibleAndSortsAsNumbersDo) {
  EXPECT_EQ(sequence_text(SequenceNumber(42)), "000000000000000000042");
  EXPECT_LT(sequence_text(SequenceNumber(99)), sequence_text(SequenceNumber(100)));
  EXPECT_EQ(ok(parse_sequence(sequence_text(SequenceNumber(~0ULL)))), SequenceNumber(~0ULL));
  for (const char* text :
       {"", "42", "00000000000000000004x", "-00000000000000000042", "999999999999999999999"}) {
    EXPECT_FALSE(parse_sequence(text).ok()) << text;
  }
}

}  // namespace
}  // namespace gyre::storage
