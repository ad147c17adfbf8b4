# SPDX-License-Identifier: Apache-2.0
"""What a table is beside its items: tags, through boto3 and the AWS CLI."""

import unittest

from botocore.exceptions import ClientError
from harness import TopologyTest


class TablesTest(TopologyTest):
    regions = ["us-east-1"]

    def setUp(self):
        self.client = self.topology.boto3("us-east-1")

    def arn(self, table):
        return self.client.describe_table(TableName=table)["Table"]["TableArn"]

    def refused(self, code, message, call, **arguments):
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        self.assertEqual(caught.exception.response["Error"]["Message"], message)


class Tags(TablesTest):
    def test_boto3_adds_lists_and_removes_tags(self):
        self.topology.create_table("tagged")
        arn = self.arn("tagged")
        self.client.tag_resource(
            ResourceArn=arn, Tags=[{"Key": "team", "Value": "blue"}, {"Key": "stage", "Value": "test"}]
        )
        self.client.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "red"}])
        self.client.untag_resource(ResourceArn=arn, TagKeys=["stage"])
        pages = self.client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
        self.assertEqual([tag for page in pages for tag in page["Tags"]], [{"Key": "team", "Value": "red"}])
        self.refused(
            "ValidationException",
            "Tag Key cannot be prefixed with aws:, Key: aws:mine",
            self.client.tag_resource,
            ResourceArn=arn,
            Tags=[{"Key": "aws:mine", "Value": ""}],
        )

    def test_the_aws_cli_tags_a_table_that_it_creates(self):
        self.topology.aws(
            "us-east-1", "create-table", "--table-name", "from-cli", "--billing-mode", "PAY_PER_REQUEST",
            "--attribute-definitions", "AttributeName=pk,AttributeType=S",
            "--key-schema", "AttributeName=pk,KeyType=HASH", "--tags", "Key=made,Value=by hand",
        )  # fmt: skip
        arn = self.arn("from-cli")
        self.topology.aws("us-east-1", "tag-resource", "--resource-arn", arn, "--tags", "Key=more,Value=")
        tags = self.topology.aws("us-east-1", "list-tags-of-resource", "--resource-arn", arn)["Tags"]
        self.assertEqual(tags, [{"Key": "made", "Value": "by hand"}, {"Key": "more", "Value": ""}])


if __name__ == "__main__":
    unittest.main()
