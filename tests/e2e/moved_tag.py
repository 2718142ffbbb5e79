"""A tag that moves in the registry while a service runs what it said before."""

import subprocess
import urllib.parse

from cluster import wait_for


def push(cluster, source, name):
    """Makes `name` a tag of the image that `source` is."""
    subprocess.run(["skopeo", "--insecure-policy", "copy", "--quiet", "--src-tls-verify=false",
                    "--dest-tls-verify=false", f"docker://{cluster.image(source)}",
                    f"docker://{name}"], check=True, timeout=60)


def revision(cluster, service):
    """What the tasks of the service's newest deployment are made from."""
    path = f"/v1/clusters/{cluster.name}/services/{service}"
    shown = cluster.rest(path)["services"][0]["currentServiceRevisions"][0]["arn"]
    path = "/v1/service-revisions/" + urllib.parse.quote(shown, safe="")
    return cluster.rest(path)["serviceRevisions"][0]


def try_it(test, cluster, **more):
    """Moves a tag between two tasks of one deployment, then begins another deployment."""
    image = f"{cluster.registry}/moving:v1"
    push(cluster, "probe", image)
    definition = cluster.register("moving", ["hold"], mode="bridge", image=image, memory="64",
                                  cpu="128")
    cluster.ecs.create_service(cluster=cluster.name, serviceName="moving", desiredCount=1,
                               taskDefinition=definition, launchType="EC2", **more)
    test.addCleanup(lambda: cluster.ecs.delete_service(cluster=cluster.name, service="moving",
                                                       force=True))

    def found(count):
        """The digests of the service's running tasks, once there are so many."""
        def digests():
            running = [task["containers"][0] for task in cluster.service_tasks("moving")
                       if task["lastStatus"] == "RUNNING" and task["desiredStatus"] == "RUNNING"]
            return running if len(running) == count else None
        containers = wait_for(f"{count} tasks", 60, digests)
        test.assertEqual({each["image"] for each in containers}, {image})
        return [each["imageDigest"] for each in containers]

    before = found(1)[0]
    push(cluster, "dressed", image)
    cluster.ecs.update_service(cluster=cluster.name, service="moving", desiredCount=2)
    test.assertEqual(found(2), [before, before])
    test.assertEqual(revision(cluster, "moving")["containerImages"],
                     [{"containerName": "main", "imageDigest": before, "image": image}])

    answer = cluster.ecs.run_task(cluster=cluster.name, taskDefinition=definition,
                                  launchType="EC2")
    alone = cluster.await_status(answer["tasks"][0]["taskArn"], "RUNNING")
    cluster.ecs.stop_task(cluster=cluster.name, task=alone["taskArn"])
    after = alone["containers"][0]["imageDigest"]
    test.assertNotEqual(after, before)
    test.assertIn(after[:19], cluster.ecsctl("task", alone["taskArn"], "--cluster", cluster.name))

    cluster.ecs.update_service(cluster=cluster.name, service="moving", forceNewDeployment=True)
    wait_for("the new deployment's tasks alone", 60, lambda: found(2) == [after, after])
    test.assertEqual(revision(cluster, "moving")["containerImages"][0]["imageDigest"], after)
