// SPDX-License-Identifier: Apache-2.0
#include "core/api/model/shapes.h"

// What moves many items from and to S3.
//
// Source: botocore 1.29 (Debian's python3-botocore). Rows marked SDK are from the schemas of
// @aws-sdk/client-dynamodb 3.1169, which has no ranges, lengths and patterns.
namespace gyre::api::model {
namespace {

// --- ExportTableToPointInTime ---
constexpr Shape kS3Bucket = text(at_most(255), R"(^[a-z0-9A-Z]+[\.\-\w]*[a-z0-9A-Z]+$)");
constexpr Shape kClientToken = text({}, R"(^[^\$]+$)");
constexpr Shape kS3BucketOwner = text({}, R"([0-9]{12})");
constexpr Shape kS3Prefix = text(at_most(1024));
// SDK
constexpr std::string_view kS3SseAlgorithmValues[] = {"AES256", "KMS"};
constexpr Shape kS3SseAlgorithm = one_of(kS3SseAlgorithmValues);
constexpr Shape kS3SseKmsKeyId = text({1, 2048});
constexpr std::string_view kExportFormatValues[] = {"DYNAMODB_JSON", "ION"};
constexpr Shape kExportFormat = one_of(kExportFormatValues);
// SDK
constexpr std::string_view kExportTypeValues[] = {"FULL_EXPORT", "INCREMENTAL_EXPORT"};
constexpr Shape kExportType = one_of(kExportTypeValues);
// SDK
constexpr std::string_view kExportViewTypeValues[] = {"NEW_AND_OLD_IMAGES", "NEW_IMAGE"};
constexpr Shape kExportViewType = one_of(kExportViewTypeValues);
// SDK
constexpr Member kIncrementalExportSpecificationMembers[] = {
    {"ExportFromTime", &kTimestamp},
    {"ExportToTime", &kTimestamp},
    {"ExportViewType", &kExportViewType},
};
constexpr Shape kIncrementalExportSpecification =
    structure("IncrementalExportSpecification", kIncrementalExportSpecificationMembers);
// SDK
constexpr Member kFilterSpecificationMembers[] = {
    {"FilterExpression", &kString},
    {"ProjectionExpression", &kString},
    {"KeyConditionExpression", &kString},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kAttributes},
};
constexpr Shape kFilterSpecification = structure("FilterSpecification", kFilterSpecificationMembers);
constexpr Member kExportTableToPointInTimeInputMembers[] = {
    {"TableArn", &kString, kRequired},
    {"S3Bucket", &kS3Bucket, kRequired},
    {"ExportTime", &kTimestamp},
    {"ClientToken", &kClientToken},
    {"S3BucketOwner", &kS3BucketOwner},
    {"S3Prefix", &kS3Prefix},
    {"S3SseAlgorithm", &kS3SseAlgorithm},
    {"S3SseKmsKeyId", &kS3SseKmsKeyId},
    {"ExportFormat", &kExportFormat},
    {"ExportType", &kExportType},                                          // SDK
    {"IncrementalExportSpecification", &kIncrementalExportSpecification},  // SDK
    {"FilterSpecification", &kFilterSpecification},                        // SDK
};
constexpr Shape kExportTableToPointInTimeInput =
    structure("ExportTableToPointInTimeInput", kExportTableToPointInTimeInputMembers);

// --- DescribeExport ---
constexpr Shape kExportArn = text({37, 1024});
constexpr Member kDescribeExportInputMembers[] = {
    {"ExportArn", &kExportArn, kRequired},
};
constexpr Shape kDescribeExportInput = structure("DescribeExportInput", kDescribeExportInputMembers);

// --- ListExports ---
constexpr Shape kListExportsMaxLimit = whole({1, 25});
constexpr Member kListExportsInputMembers[] = {
    {"TableArn", &kString},
    {"MaxResults", &kListExportsMaxLimit},
    {"NextToken", &kString},
};
constexpr Shape kListExportsInput = structure("ListExportsInput", kListExportsInputMembers);

// --- ImportTable ---
constexpr Member kS3BucketSourceMembers[] = {
    {"S3Bucket", &kS3Bucket, kRequired},
    {"S3BucketOwner", &kS3BucketOwner},
    {"S3KeyPrefix", &kS3Prefix},
};
constexpr Shape kS3BucketSource = structure("S3BucketSource", kS3BucketSourceMembers);
constexpr std::string_view kInputFormatValues[] = {"DYNAMODB_JSON", "ION", "CSV"};
constexpr Shape kInputFormat = one_of(kInputFormatValues);
constexpr Member kTableCreationParametersMembers[] = {
    {"TableName", &kTableName, kRequired},
    {"AttributeDefinitions", &kAttributeDefinitions, kRequired},
    {"KeySchema", &kKeySchema, kRequired},
    {"BillingMode", &kBillingMode},
    {"ProvisionedThroughput", &kProvisionedThroughput},
    {"OnDemandThroughput", &kOnDemandThroughput},  // SDK
    {"SSESpecification", &kSSESpecification},
    {"GlobalSecondaryIndexes", &kGlobalSecondaryIndexList},
    {"VectorIndexes", &kVectorIndexList},  // SDK
};
constexpr Shape kTableCreationParameters =
    structure("TableCreationParameters", kTableCreationParametersMembers);
constexpr Shape kCsvDelimiter = text({1, 1}, R"([,;:|\t ])");
constexpr Shape kCsvHeader = text({1, 65536}, R"([\x20-\x21\x23-\x2B\x2D-\x7E]*)");
constexpr Shape kCsvHeaderList = list_of(&kCsvHeader, {1, 255});
constexpr Member kCsvOptionsMembers[] = {
    {"Delimiter", &kCsvDelimiter},
    {"HeaderList", &kCsvHeaderList},
};
constexpr Shape kCsvOptions = structure("CsvOptions", kCsvOptionsMembers);
constexpr Member kInputFormatOptionsMembers[] = {
    {"Csv", &kCsvOptions},
};
constexpr Shape kInputFormatOptions = structure("InputFormatOptions", kInputFormatOptionsMembers);
// SDK
constexpr std::string_view kInputCompressionTypeValues[] = {"GZIP", "NONE", "ZSTD"};
constexpr Shape kInputCompressionType = one_of(kInputCompressionTypeValues);
constexpr Member kImportTableInputMembers[] = {
    {"S3BucketSource", &kS3BucketSource, kRequired},
    {"InputFormat", &kInputFormat, kRequired},
    {"TableCreationParameters", &kTableCreationParameters, kRequired},
    {"ClientToken", &kClientToken},
    {"InputFormatOptions", &kInputFormatOptions},
    {"InputCompressionType", &kInputCompressionType},
};
constexpr Shape kImportTableInput = structure("ImportTableInput", kImportTableInputMembers);

// --- DescribeImport ---
constexpr Shape kImportArn = text({37, 1024});
constexpr Member kDescribeImportInputMembers[] = {
    {"ImportArn", &kImportArn, kRequired},
};
constexpr Shape kDescribeImportInput = structure("DescribeImportInput", kDescribeImportInputMembers);

// --- ListImports ---
constexpr Shape kListImportsMaxLimit = whole({1, 25});
constexpr Shape kImportNextToken = text({112, 1024}, R"(([0-9a-f]{16})+)");
constexpr Member kListImportsInputMembers[] = {
    {"TableArn", &kString},
    {"PageSize", &kListImportsMaxLimit},
    {"NextToken", &kImportNextToken},
};
constexpr Shape kListImportsInput = structure("ListImportsInput", kListImportsInputMembers);

// --- StartBulkPutItems ---
// SDK
constexpr std::string_view kBulkOperationInputFormatValues[] = {"DYNAMODB_JSON", "ION"};
constexpr Shape kBulkOperationInputFormat = one_of(kBulkOperationInputFormatValues);
// SDK
constexpr Member kInputS3ConfigurationMembers[] = {
    {"S3Bucket", &kString, kRequired},
    {"InputFormat", &kBulkOperationInputFormat, kRequired},
    {"S3BucketOwner", &kString},
    {"S3KeyPrefix", &kString},
    {"InputCompressionType", &kInputCompressionType},
};
constexpr Shape kInputS3Configuration = structure("InputS3Configuration", kInputS3ConfigurationMembers);
// SDK
constexpr std::string_view kOutputTypeEnumValues[] = {"CONDITION_CHECK_FAILURE", "ERROR"};
constexpr Shape kOutputTypeEnum = one_of(kOutputTypeEnumValues);
constexpr Shape kOutputType = list_of(&kOutputTypeEnum);  // SDK
// SDK
constexpr Member kOutputS3ConfigurationMembers[] = {
    {"OutputType", &kOutputType, kRequired},
    {"S3BucketOwner", &kString},
    {"S3Bucket", &kString},
    {"S3KeyPrefix", &kString},
    {"S3SseAlgorithm", &kS3SseAlgorithm},
    {"S3SseKmsKeyId", &kString},
};
constexpr Shape kOutputS3Configuration = structure("OutputS3Configuration", kOutputS3ConfigurationMembers);
// SDK
constexpr std::string_view kBulkOperationPerformanceTierValues[] = {"ACCELERATED", "STANDARD"};
constexpr Shape kBulkOperationPerformanceTier = one_of(kBulkOperationPerformanceTierValues);
// SDK
constexpr Member kStartBulkPutItemsInputMembers[] = {
    {"InputS3Configuration", &kInputS3Configuration, kRequired},
    {"OutputS3Configuration", &kOutputS3Configuration, kRequired},
    {"TableName", &kString, kRequired},
    {"ClientToken", &kString},
    {"MaxWriteRequestUnits", &kLong},
    {"PerformanceTier", &kBulkOperationPerformanceTier},
};
constexpr Shape kStartBulkPutItemsInput = structure("StartBulkPutItemsInput", kStartBulkPutItemsInputMembers);

// --- DescribeBulkOperation ---
// SDK
constexpr Member kDescribeBulkOperationInputMembers[] = {
    {"BulkOperationArn", &kString, kRequired},
};
constexpr Shape kDescribeBulkOperationInput =
    structure("DescribeBulkOperationInput", kDescribeBulkOperationInputMembers);

// --- ListBulkOperations ---
// SDK
constexpr Member kListBulkOperationsInputMembers[] = {
    {"MaxResults", &kInteger},
    {"NextToken", &kString},
};
constexpr Shape kListBulkOperationsInput =
    structure("ListBulkOperationsInput", kListBulkOperationsInputMembers);

// --- CancelBulkOperation ---
// SDK
constexpr Member kCancelBulkOperationInputMembers[] = {
    {"BulkOperationArn", &kString, kRequired},
};
constexpr Shape kCancelBulkOperationInput =
    structure("CancelBulkOperationInput", kCancelBulkOperationInputMembers);

constexpr Operation kOperations[] = {
    {"ExportTableToPointInTime", &kExportTableToPointInTimeInput},
    {"DescribeExport", &kDescribeExportInput},
    {"ListExports", &kListExportsInput},
    {"ImportTable", &kImportTableInput},
    {"DescribeImport", &kDescribeImportInput},
    {"ListImports", &kListImportsInput},
    {"StartBulkPutItems", &kStartBulkPutItemsInput},
    {"DescribeBulkOperation", &kDescribeBulkOperationInput},
    {"ListBulkOperations", &kListBulkOperationsInput},
    {"CancelBulkOperation", &kCancelBulkOperationInput},
};

}  // namespace

std::span<const Operation> bulk_operations() {
  return kOperations;
}

}  // namespace gyre::api::model
