// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// Every bound of the program, in one place. Units are last in the name; KB = 1024 bytes, as DynamoDB counts.
namespace gyre::limits {

// --- DynamoDB's own (AWS developer guide, "Quotas") ---
inline constexpr std::size_t kItemBytesMax = 409'600;
inline constexpr std::size_t kPartitionKeyBytesMax = 2048;
inline constexpr std::size_t kSortKeyBytesMax = 1024;
inline constexpr int kNestingLevelsMax = 32;
inline constexpr std::size_t kExpressionBytesMax = 4096;
inline constexpr int kExpressionOperatorsMax = 300;
inline constexpr int kExpressionNestingMax = 300;  // every level of what AWS takes has an operator
inline constexpr std::size_t kInOperandsMax = 100;
inline constexpr std::size_t kPlaceholderBytesMax = 255;
inline constexpr std::size_t kAttributeNameBytesMax = 65'535;
inline constexpr std::size_t kPlaceholdersTotalBytesMax = 2 * 1024 * 1024;
inline constexpr std::size_t kAttributesToGetMax = 255;
inline constexpr std::size_t kStatementBytesMax = 8192;
// Parsed texts that an I/O thread keeps, of each kind: how many, and about what they hold.
inline constexpr std::size_t kParseCacheEntries = 1000;
inline constexpr std::size_t kParseCacheBytes = 2 * 1024 * 1024;
inline constexpr int kPartiqlNestingMax = 128;  // AWS tells no bound; literals may nest 32 deep
inline constexpr std::size_t kDecomposedReadsMax = 50;
inline constexpr std::size_t kBatchStatementsMax = 25;
inline constexpr std::size_t kNextTokenBytesMax = 32'768;
inline constexpr std::size_t kPageBytesMax = 1024 * 1024;
inline constexpr std::size_t kBatchGetItemsMax = 100;
inline constexpr std::size_t kBatchGetBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kBatchWriteItemsMax = 25;
inline constexpr std::size_t kTransactionItemsMax = 100;
inline constexpr std::size_t kTransactionBytesMax = 4 * 1024 * 1024;
inline constexpr std::size_t kClientTokenCharactersMax = 36;
inline constexpr std::uint64_t kClientTokenLifeMs = 10 * 60 * 1000;
inline constexpr std::size_t kClientTokensRemovedAtOnce = 4;
inline constexpr std::size_t kKeyNameBytesMax = 255;
inline constexpr std::size_t kLocalIndexesMax = 5;
inline constexpr std::size_t kGlobalIndexesMax = 20;
inline constexpr std::size_t kIndexKeyAttributesMax = 4;  // of each kind
inline constexpr std::uint64_t kItemCollectionBytesMax = 10ULL * 1024 * 1024 * 1024;
inline constexpr std::size_t kItemCollectionsWatchedMax = 10'000;  // beyond, all are measured anew
inline constexpr std::size_t kNameBytesMin = 3;
inline constexpr std::size_t kNameBytesMax = 255;
inline constexpr std::size_t kNonKeyAttributesMax = 20;      // of an index
inline constexpr std::size_t kProjectedAttributesMax = 100;  // of all indexes of a table
inline constexpr std::size_t kListTablesMax = 100;
inline constexpr std::size_t kListStreamsMax = 100;
inline constexpr std::size_t kDescribeStreamShardsMax = 100;
inline constexpr std::int64_t kListInsightsMax = 100;
inline constexpr std::size_t kTablesMax = 2500;
inline constexpr std::size_t kNumberDigitsMax = 38;
inline constexpr std::size_t kTagsMax = 50;
inline constexpr std::size_t kTagKeyCharactersMax = 128;
inline constexpr std::size_t kTagValueCharactersMax = 256;
inline constexpr std::size_t kKmsKeyIdBytesMax = 2048;
inline constexpr std::uint64_t kRecoveryPeriodDaysMax = 35;
inline constexpr std::uint64_t kStaleCountsMs = 6ULL * 3600 * 1000;  // how old AWS's ItemCount may be
inline constexpr int kTotalSegmentsMax = 1'000'000;
inline constexpr std::size_t kGetRecordsMax = 1000;
inline constexpr std::size_t kGetRecordsBytesMax = 1024 * 1024;
inline constexpr std::uint64_t kIteratorLifeMs = 15 * 60 * 1000;
inline constexpr std::uint64_t kStreamRetentionMs = 24ULL * 3600 * 1000;

// --- capacity (quotas of a new account, and what AWS gives a new on-demand table) ---
inline constexpr std::uint64_t kTableCapacityUnitsMax = 40'000;    // read, and write
inline constexpr std::uint64_t kAccountCapacityUnitsMax = 80'000;  // told, not enforced
inline constexpr std::uint64_t kDecreasesMax = 4;                  // of one UTC day; then one an hour
inline constexpr std::uint64_t kOnDemandReadUnits = 12'000;
inline constexpr std::uint64_t kOnDemandWriteUnits = 4000;
inline constexpr std::uint64_t kBurstSeconds = 300;         // for which unused capacity is kept
inline constexpr std::size_t kThrottleBucketsMax = 10'000;  // beyond, idle ones are forgotten
inline constexpr std::uint64_t kTableClassChangesMs = 30ULL * 24 * 3600 * 1000;  // two changes in this time

// --- time to live ---
inline constexpr std::uint64_t kTimeToLiveChangeMs =
    3600ULL * 1000;  // between two changes of one table, as by AWS
inline constexpr std::uint64_t kExpiryAgeSecondsMax =
    5ULL * 365 * 24 * 3600;                               // what expired before that stays
inline constexpr std::uint64_t kExpiryIntervalMs = 1000;  // by default
inline constexpr std::uint64_t kExpiryIntervalMsMax = 24ULL * 3600 * 1000;
inline constexpr std::size_t kExpiryStepItems = 256;
inline constexpr std::size_t kExpiryStepRows = 10'000;        // looked at for items that expire
inline constexpr std::size_t kExpiryStepBytes = 1024 * 1024;  // of items' images; one may go beyond it

// --- work of one request on a thread that others share; a unit is about a nanosecond (work.h) ---
inline constexpr std::uint64_t kExpressionPartUnits = 32;      // each part of an expression, for each item
inline constexpr std::uint64_t kRowUnits = 1000;               // each row that is stepped to
inline constexpr std::uint64_t kWrittenByteUnits = 4;          // each byte of an item that becomes JSON
inline constexpr std::uint64_t kWrittenValueUnits = 100;       // each value within it
inline constexpr std::uint64_t kDecodedValueUnits = 100;       // each value within an item that is decoded
inline constexpr std::uint64_t kDecodedMapUnits = 150;         // and, if it is a map, this on top
inline constexpr std::uint64_t kSearchedByteUnits = 6;         // each byte of a text that is searched
inline constexpr std::uint64_t kInlineReadUnits = 10'000'000;  // of a read on its connection's thread
inline constexpr std::uint64_t kReadSliceUnits = 20'000'000;   // of a read in the pool, at a time
inline constexpr std::uint64_t kWriterUnits = 10'000'000;      // of expressions, on the writer's thread
inline constexpr std::size_t kPointReadsAtOnce = 16;           // of one request, from the engine
inline constexpr std::uint64_t kSkippedRowsMax = 20'000;       // deleted rows that a step may pass over
inline constexpr std::size_t kAheadItemBytesMin = 16 * 1024;  // of items that are looked at before the writer
inline constexpr std::size_t kInlineBodyBytesMax = 256 * 1024;  // parsed on its connection's thread

// --- HTTP ---
inline constexpr std::size_t kHttpBodyBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kHttpHeaderBytesMax = 16 * 1024;
inline constexpr std::size_t kHttpHeadersMax = 100;                  // of one request
inline constexpr std::size_t kHttpChunkFramingBytesMax = 16 * 1024;  // a chunk's size line, or the trailer
// What a body or a reply may take without drawing from the budget for all of them.
inline constexpr std::size_t kHttpFreeBodyBytes = 32 * 1024;
inline constexpr std::size_t kHttpFreeReplyBytes = 64 * 1024;
inline constexpr std::size_t kHttpBudgetBytesMin =
    16 * 1024 * 1024;  // of each I/O thread: one full body fits
inline constexpr std::size_t kHttpConnectionsMax = 4096;
inline constexpr std::uint64_t kTlsHandshakeTimeoutMs = 10'000;
inline constexpr std::uint64_t kHttpIdleTimeoutMs = 60'000;
inline constexpr std::uint64_t kHttpRequestTimeoutMs = 30'000;
inline constexpr std::uint64_t kHttpStopGraceMs = 500;
inline constexpr std::uint64_t kHttpLingerMs = 2000;
inline constexpr std::size_t kHttpReadBytes = 64 * 1024;
inline constexpr std::size_t kHttpKeptBytesMax = 64 * 1024;
inline constexpr std::size_t kHttpCompressBytesMin = 4096;
inline constexpr std::size_t kHttpCompressBytesMax = 256 * 1024;  // base64 takes 80 ns a byte
inline constexpr std::uint64_t kHttpCallTimeoutMs = 120'000;
inline constexpr std::size_t kHttpReplyBytesMax = 64 * 1024 * 1024;

// --- who asked, in change records: what is longer is cut ---
inline constexpr std::size_t kAuditPrincipalBytesMax = 512;  // an access key id, or "consumer/" and a name
inline constexpr std::size_t kAuditRequestIdBytesMax = 64;
inline constexpr std::size_t kAuditAddressBytesMax = 64;
inline constexpr std::size_t kAuditUserAgentBytesMax = 256;

// --- passing requests on to another region ---
inline constexpr std::uint64_t kPassConnectTimeoutMs = 3000;  // the look-up of a name, connecting, TLS: each
inline constexpr std::uint64_t kPassReplyTimeoutMs = 60'000;
inline constexpr std::uint64_t kPassHeldMs = 20'000;    // a connection at rest; less than kHttpIdleTimeoutMs
inline constexpr std::size_t kPassConnectionsMax = 16;  // to one region
inline constexpr std::size_t kPassBodyBytesMax = 16 * 1024 * 1024;  // of requests that wait for one region

// --- metrics ---
inline constexpr std::size_t kMetricTablesMax = 100;  // shown by name, of each peer
inline constexpr std::size_t kHistogramBucketsMax = 20;

// --- log lines that outsiders cause, of one place in the code ---
inline constexpr std::uint32_t kLogLinesPerSecondMax = 5;

// --- file descriptors ---
inline constexpr std::size_t kDescriptorsOfProgram =
    48;                                                // its own threads, timers and listeners; some to spare
inline constexpr std::size_t kDescriptorsOfPeer = 12;  // the link to one other region
inline constexpr std::size_t kStoreDescriptorsMin = 64;
inline constexpr std::size_t kStoreDescriptorsAll = 16'384;  // with these the store keeps every file open
inline constexpr std::size_t kHttpConnectionsMin = 16;
inline constexpr std::size_t kStreamConnectionsMin = 16;
inline constexpr std::size_t kStreamConnectionsMax = 256;

// --- JSON ---
inline constexpr std::size_t kJsonDepthMax = 128;
inline constexpr std::size_t kJsonFirstBytes = 4096;
inline constexpr std::size_t kJsonKeptBytesMax = 1024 * 1024;

// --- the writer ---
inline constexpr std::size_t kItemCacheBytesMax = 80 * 1024 * 1024;
inline constexpr std::size_t kPartitionCacheBytesMax = 32 * 1024 * 1024;
inline constexpr std::size_t kRecentRecordsBytesMax = 32 * 1024 * 1024;
inline constexpr std::size_t kWriterQueueBytesMax = 64 * 1024 * 1024;
inline constexpr std::size_t kWriterBatchBytesMax = 8 * 1024 * 1024;
inline constexpr std::size_t kWriterBatchRequestsMax = 1024;
inline constexpr std::int64_t kWriterQuantumBytes = 16 * 1024;
inline constexpr int kWriterClientWeight = 8;
inline constexpr int kWriterReplicationWeight = 4;
inline constexpr int kWriterMaintenanceWeight = 1;
inline constexpr std::uint64_t kWriterAsyncSyncMs = 50;
inline constexpr std::uint64_t kDiskCheckMs = 1000;
inline constexpr std::size_t kDiskCheckBytes = 4 * 1024 * 1024;  // written since the last check
inline constexpr std::size_t kReadPoolTasksMax = 4096;
inline constexpr std::size_t kLongReadsMax =
    64;  // begun and waiting for their turn: each holds a part of its reply

// --- building indexes ---
inline constexpr std::size_t kIndexStepItems = 256;
inline constexpr std::size_t kIndexStepBytes = 1024 * 1024;

// --- the change log ---
inline constexpr std::size_t kShardsPerNewTable = 4;
inline constexpr std::uint64_t kUpkeepPauseMs = 10'000;  // between looks at what is to be rolled or trimmed
inline constexpr std::uint64_t kShardRollMs = 4ULL * 3600 * 1000;
inline constexpr std::uint64_t kChangeLogBytesMax = 20ULL * 1024 * 1024 * 1024;

// --- disk space (docs/limits.md) ---
// Free space below which clients' writes are refused. Others go on below it: a share of it, in sixteenths.
inline constexpr std::uint64_t kDiskFloorBytes = 256ULL * 1024 * 1024;
inline constexpr std::uint64_t kDiskFloorSixteenthsOfReplication = 12;
inline constexpr std::uint64_t kDiskFloorSixteenthsOfMaintenance = 8;
inline constexpr std::uint64_t kDiskFloorSixteenthsOfDeletes = 3;
inline constexpr std::uint64_t kDiskFloorSixteenthsOfTrims = 1;
/// Kept back in a file, and given up when less than this is free: it lets a full store open and trim.
inline constexpr std::uint64_t kBallastBytes = 64ULL * 1024 * 1024;
inline constexpr std::uint64_t kBallastRoomFactor = 8;          // made when so many times as much is free
inline constexpr std::uint64_t kReclaimBytesMin = 1024 * 1024;  // dead, before files are rewritten for it
inline constexpr std::uint64_t kReclaimBytesAlways = 64ULL * 1024 * 1024;
inline constexpr std::uint64_t kStopFlushBytesMax = 16ULL * 1024 * 1024;  // more is left to the log

// --- the write-ahead log (core/log) ---
inline constexpr std::uint64_t kLogSegmentBytes = 64ULL * 1024 * 1024;
inline constexpr std::uint64_t kLogSegmentBytesMax = 1024ULL * 1024 * 1024;
inline constexpr std::size_t kLogFrameBytesMax = 60 * 1024 * 1024;  // 100 items, each with the one before it
inline constexpr std::uint64_t kLogSegmentAgeMs = 60 * 60 * 1000;   // then the next one is begun
inline constexpr std::size_t kLogReadWindowBytes = 256 * 1024;
inline constexpr std::size_t kLogReadMemoryBytesMax = 16 * 1024 * 1024;  // that one read keeps alive
inline constexpr std::size_t kLogPrewriteBytes = 256 * 1024;             // at a time
inline constexpr std::uint64_t kLogFirstSpaceBytes = 1024 * 1024;        // of the first segment after a start
inline constexpr std::size_t kLogSpareFilesMax = 2;
inline constexpr std::size_t kLogRestPerWork = 3;  // of making space: so many times as long as it worked

// --- the stream protocol ---
inline constexpr std::uint64_t kTickMs = 1000;
inline constexpr std::uint64_t kPeerDeadMs = 5000;
inline constexpr std::size_t kStreamMessageBytesMax = 8 * 1024 * 1024;  // of a region
inline constexpr std::size_t kStreamRequestBytesMax = 2 * 1024 * 1024;  // of a reader
/// What readers may make a region hold: read for them and not sent, or sent and not taken.
inline constexpr std::size_t kStreamFramesBytesMax = 64 * 1024 * 1024;
inline constexpr std::size_t kStreamReaderBytesMax = 8 * 1024 * 1024;  // of that, one reader
inline constexpr std::size_t kStreamFrameOverheadBytes = 256;  // what a queued frame costs beside its bytes
inline constexpr std::size_t kStreamPeersMax = 512;            // those that left are noticed at the next tick
inline constexpr int kStreamStalledMs = 30'000;  // a reader that takes nothing for so long is cut off
inline constexpr std::size_t kStreamBatchBytes = 512 * 1024;
inline constexpr std::size_t kStreamSessionsMax = 1024;  // of one reader
inline constexpr std::size_t kStreamSessionsInAllMax = 8192;
inline constexpr std::size_t kStreamStatesBytesMax = 16 * 1024 * 1024;  // of consumers, in answers
inline constexpr std::size_t kStreamReaderNameBytesMax = 256;
inline constexpr std::size_t kStreamScanPositionBytesMax = 8 * 1024;
inline constexpr std::size_t kStreamReasonBytesMax = 1024;  // of a text for people
inline constexpr std::size_t kStreamBatchRecordsMax = 4096;
inline constexpr std::size_t kStreamBatchesUnheardMax =
    64;  // sent without news of the reader; well under libzmq's 1000
inline constexpr std::uint64_t kStreamRetryMs = 10;  // of what a full socket or read pool did not take
inline constexpr std::uint64_t kStreamAnswerWaitMs =
    500;  // before a reader repeats what was not answered; doubles
inline constexpr std::uint64_t kReconnectPauseMinMs = 50;
inline constexpr std::uint64_t kReconnectPauseMaxMs = 2000;

// --- global tables ---
inline constexpr std::uint64_t kClockSkewMaxMs = 500;
inline constexpr std::size_t kDigestBuckets = 65'536;
inline constexpr std::uint64_t kLinkDelayMsMax = 60'000;
/// How long a replicator remembers that it finished a closed shard: longer than a peer keeps shards by
/// default.
inline constexpr std::uint64_t kFinishedShardKeptMs = 48ULL * 3600 * 1000;
/// Write batches of a cursor that moved over records which a filter hid: no more often than this.
inline constexpr std::uint64_t kIdleCursorMs = 5000;
inline constexpr std::uint64_t kMembershipReplyTimeoutMs = 5000;
inline constexpr std::uint64_t kReplicationCreditRecords = 2048;
inline constexpr std::uint64_t kReplicationCreditBytes = 2 * 1024 * 1024;
inline constexpr std::size_t kConflictsPerPageMax = 1000;

// --- consumers ---
inline constexpr std::size_t kConsumerStateBytesMax = 64 * 1024;
inline constexpr std::size_t kConsumerWritesMax = 10'000;
inline constexpr std::size_t kConsumerNameBytesMax = 128;
inline constexpr std::size_t kConsumerWriteBytesMax = 1024 * 1024;
inline constexpr std::uint64_t kConsumerPauseMsMin = 100;
inline constexpr std::uint64_t kConsumerPauseMsMax = 30'000;
inline constexpr std::uint64_t kConsumerAckTimeoutMs = 15'000;
inline constexpr std::uint64_t kRestartPauseMsMin = 200;
inline constexpr std::uint64_t kRestartPauseMsMax = 30'000;
inline constexpr std::uint64_t kSteadyRunMs = 2000;  // a process that ran so long did not fail at its start
inline constexpr std::size_t kChildLineBytesMax = 64 * 1024;

// --- event filters (AWS Lambda developer guide, "Control which events Lambda sends to your function") ---
inline constexpr std::size_t kEventFiltersMax = 5;
inline constexpr std::size_t kEventPatternCharactersMax = 4096;
inline constexpr std::size_t kEventPatternBranchesMax = 256;  // AWS tells no bound

// --- delivery (AWS Lambda API reference, "CreateEventSourceMapping") ---
inline constexpr std::size_t kDeliveryBatchRecordsMax = 10'000;
inline constexpr std::size_t kDeliveryBatchBytesMax = 6 * 1024 * 1024;
inline constexpr std::uint64_t kDeliveryWindowMsMax = 300'000;
inline constexpr std::size_t kDeliveryParallelBatchesMax = 10;
inline constexpr std::uint32_t kDeliveryRetriesMax = 10'000;
inline constexpr std::uint64_t kDeliveryAgeMsMin = 60'000;
inline constexpr std::uint64_t kDeliveryAgeMsMax = 604'800'000;
inline constexpr std::uint64_t kTumblingWindowMsMax = 900'000;
inline constexpr std::size_t kTumblingStateBytesMax = 1024 * 1024;
inline constexpr std::size_t kDeliveryHeldRecordsMax = 20'000;  // of one shard, behind its checkpoint
inline constexpr std::size_t kDeliveryHeldBytesMax = 32 * 1024 * 1024;
inline constexpr std::size_t kParkedKeysMax = 1000;  // of one shard
inline constexpr std::uint32_t kParkAfterAttempts = 3;

}  // namespace gyre::limits
