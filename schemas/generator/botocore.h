#pragma once

#include <string>

#include "schemas/generator/model.h"

namespace generator {

/// The ECS operations in the format of botocore's service models, so that an older `aws` speaks
/// all of them: AWS_DATA_PATH=<build>/models aws ecs …
std::string botocore_service(const Api& api);
/// What `--max-items` and boto3's paginators need.
std::string botocore_paginators(const Api& api);
/// What `aws ecs wait …` needs.
std::string botocore_waiters();

}  // namespace generator
