#include "control/cli/client/sigv4.h"

#include <doctest/doctest.h>

using cli::Credentials;
using cli::sign;
using cli::SignedRequest;

namespace {

/// 2026-11-23T18:05:07Z
constexpr schemas::Instant now{std::chrono::seconds(1'795'457'107)};

}  // namespace

// The expected signatures were computed by botocore 1.26 for the same requests.
TEST_CASE("a signed call carries the signature that the AWS SDK would give it") {
  const SignedRequest request{
      .method = "POST",
      .path = "/",
      .query = "",
      .headers = {{"host", "127.0.0.1:7070"},
                  {"content-type", "application/x-amz-json-1.1"},
                  {"x-amz-target", "AmazonEC2ContainerServiceV20141113.DescribeClusters"}},
      .body = R"({"cluster":"a"})"};
  const Credentials credentials{.access_key_id = "AKIDEXAMPLE",
                                .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                                .session_token = "TOKEN/x=="};
  const auto added = sign(request, credentials, "eu-west-1", now);
  CHECK(added.at("x-amz-date") == "20261123T180507Z");
  CHECK(added.at("x-amz-security-token") == "TOKEN/x==");
  CHECK(added.at("authorization") ==
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/eu-west-1/ecs/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, "
        "Signature=98bc3d6dd45aef7426b4c691336ed33bb5ef86b4f84c881842d83c28b4270b62");
}

TEST_CASE("a signature covers an encoded path and a query in any order") {
  const SignedRequest request{.method = "GET",
                              .path = "/v1/tasks/a%2Fb%20c/logs",
                              .query = "tail=5&cluster=web%20x&follow",
                              .headers = {{"host", "127.0.0.1:7070"}},
                              .body = ""};
  const Credentials credentials{.access_key_id = "AKIDEXAMPLE",
                                .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                                .session_token = ""};
  const auto added = sign(request, credentials, "us-east-1", now);
  CHECK(added.count("x-amz-security-token") == 0);
  CHECK(added.at("authorization") ==
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/us-east-1/ecs/aws4_request, "
        "SignedHeaders=host;x-amz-date, "
        "Signature=25036d448985df3ef78f4e7ab8e471029f28727970ef12f6b2154d21e16392dc");
}
