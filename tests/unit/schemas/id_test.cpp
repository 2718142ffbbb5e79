#include "schemas/base/id.h"

#include <doctest/doctest.h>

using schemas::AttachmentId;
using schemas::DeploymentId;
using schemas::EniId;
using schemas::Random;
using schemas::TaskId;

TEST_CASE("an id reads back as the id that was written, in each of its forms") {
  Random random(7);
  for (int round = 0; round < 1000; ++round) {
    const TaskId task = TaskId::draw(random);
    CHECK(task.text().size() == 32);
    CHECK(TaskId::parse(task.text()) == task);
    const EniId eni = EniId::draw(random);
    CHECK(eni.text().size() == 21);
    CHECK(EniId::parse(eni.text()) == eni);
    const AttachmentId attachment = AttachmentId::draw(random);
    CHECK(attachment.text().size() == 36);
    CHECK(AttachmentId::parse(attachment.text()) == attachment);
    const DeploymentId deployment = DeploymentId::draw(random);
    CHECK(deployment.text().size() == 27);
    CHECK(DeploymentId::parse(deployment.text()) == deployment);
  }
}

TEST_CASE("text that is not an id of the kind is refused") {
  CHECK(!TaskId::parse("").has_value());
  CHECK(!TaskId::parse("0123456789abcdef0123456789abcde").has_value());
  CHECK(!TaskId::parse("0123456789ABCDEF0123456789abcdef").has_value());
  CHECK(!EniId::parse("subnet-0123456789abcdef0").has_value());
  CHECK(!AttachmentId::parse("01234567-89ab-cdef-0123-456789abcde-").has_value());
  CHECK(!DeploymentId::parse("ecs-svc/12").has_value());
  CHECK(!DeploymentId::parse("ecs-svc/1234567890123456789x").has_value());
}
