// SPDX-License-Identifier: Apache-2.0
#include "core/api/model/shapes.h"
#include "core/base/limits.h"

// Gyre's own operations: links between regions, digests, conflicts, backups and archives. This table is their
// source.
namespace gyre::api::model {
namespace {

constexpr Shape kRegionName = text(at_least(1));
constexpr Shape kDelayMs = whole_long({0, limits::kLinkDelayMsMax});
constexpr Member kSetLinkInputMembers[] = {
    {"Peer", &kRegionName, kRequired},
    {"LatencyMs", &kDelayMs},
    {"JitterMs", &kDelayMs},
    {"Loss", &kDouble},
    {"Cut", &kBoolean},
};
constexpr Shape kSetLinkInput = structure("SetLinkInput", kSetLinkInputMembers);

constexpr Shape kDescribeLinksInput = structure("DescribeLinksInput", {});

constexpr Member kDescribeGroupInputMembers[] = {{"TableName", &kString, kRequired}};
constexpr Shape kDescribeGroupInput = structure("DescribeGroupInput", kDescribeGroupInputMembers);

constexpr Member kDigestTableInputMembers[] = {{"TableName", &kString, kRequired}};
constexpr Shape kBackupInput = structure("BackupInput", {});
constexpr Shape kDescribeArchiveInput = structure("DescribeArchiveInput", {});

constexpr Shape kDigestTableInput = structure("DigestTableInput", kDigestTableInputMembers);

constexpr Shape kBucket = whole_long({0, limits::kDigestBuckets - 1});
constexpr Member kDigestBucketInputMembers[] = {{"TableName", &kString, kRequired}, {"Bucket", &kBucket}};
constexpr Shape kDigestBucketInput = structure("DigestBucketInput", kDigestBucketInputMembers);

constexpr Shape kConflictsLimit = whole_long({0, limits::kConflictsPerPageMax});
constexpr Member kListConflictsInputMembers[] = {
    {"TableName", &kString},
    {"Limit", &kConflictsLimit},
    {"Start", &kString},
};
constexpr Shape kListConflictsInput = structure("ListConflictsInput", kListConflictsInputMembers);

constexpr Operation kOperations[] = {
    {"SetLink", &kSetLinkInput},
    {"DescribeLinks", &kDescribeLinksInput},
    {"DescribeGroup", &kDescribeGroupInput},
    {"DigestTable", &kDigestTableInput},
    {"DigestBucket", &kDigestBucketInput},
    {"ListConflicts", &kListConflictsInput},
    {"Backup", &kBackupInput},
    {"DescribeArchive", &kDescribeArchiveInput},
};

}  // namespace

std::span<const Operation> gyre_operations() {
  return kOperations;
}

}  // namespace gyre::api::model
