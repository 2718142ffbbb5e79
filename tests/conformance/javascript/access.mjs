// What AWS's SDK for JavaScript is answered: prints it as JSON. Usage: node access.mjs ENDPOINT
import { ECSClient, CreateClusterCommand, DescribeClustersCommand } from "@aws-sdk/client-ecs";

const endpoint = process.argv[2];
const clusters = ["javascript"];

async function described(settings) {
  const client = new ECSClient({ endpoint, ...settings });
  const answer = await client.send(new DescribeClustersCommand({ clusters }));
  return answer.clusters[0]?.status;
}

const client = new ECSClient({ endpoint });
const made = await client.send(new CreateClusterCommand({ clusterName: "javascript" }));
let wrong;
try {
  await described({ credentials: { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: "wrong" } });
} catch (error) {
  wrong = error.name;
}
console.log(JSON.stringify({
  created: made.cluster.clusterArn,
  described: await described({}),
  // A clock that is ten minutes off, either way: refused once, corrected by the answer's Date, and
  // then let in.
  late: await described({ systemClockOffset: -600_000 }),
  early: await described({ systemClockOffset: 600_000 }),
  wrong,
}));
