// A service's and a task's life as AWS's SDK for JavaScript sees it: prints it as JSON.
// Usage: node flow.mjs ENDPOINT CLUSTER
import * as sdk from "@aws-sdk/client-ecs";

const [endpoint, cluster] = process.argv.slice(2);
const client = new sdk.ECSClient({ endpoint });
const bounds = { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
const waited = [];

const wait = async (waiter, input) => waited.push((await waiter(bounds, { cluster, ...input })).state);
const send = (Command, input) => client.send(new Command({ cluster, ...input }));

await client.send(new sdk.RegisterTaskDefinitionCommand({
  family: "javascript",
  containerDefinitions: [{ name: "main", image: "web:1", cpu: 16, memory: 16 }],
}));
await send(sdk.CreateServiceCommand,
  { serviceName: "javascript", taskDefinition: "javascript", desiredCount: 2 });
await wait(sdk.waitUntilServicesStable, { services: ["javascript"] });
const { tasks } = await send(sdk.RunTaskCommand,
  { taskDefinition: "javascript", count: 5, startedBy: "javascript" });
const arns = tasks.map((task) => task.taskArn);
await wait(sdk.waitUntilTasksRunning, { tasks: arns });

const pages = [];
for await (const page of sdk.paginateListTasks({ client, pageSize: 2 },
  { cluster, startedBy: "javascript" })) {
  pages.push(page.taskArns.length);
}

for (const task of arns) await send(sdk.StopTaskCommand, { task });
await wait(sdk.waitUntilTasksStopped, { tasks: arns });
await send(sdk.DeleteServiceCommand, { service: "javascript", force: true });
await wait(sdk.waitUntilServicesInactive, { services: ["javascript"] });
const { services } = await send(sdk.DescribeServicesCommand, { services: ["javascript"] });

let missing;
try {
  await client.send(new sdk.ListTasksCommand({ cluster: "nowhere" }));
} catch (error) {
  missing = error;
}
console.log(JSON.stringify({
  waited,
  pages,
  status: services[0].status,
  missing: missing?.name,
  modelled: missing instanceof sdk.ClusterNotFoundException,
}));
