// The whole life of a fleet and a stack with the JavaScript SDK, against the endpoint in AWS_ENDPOINT_URL_APPSTREAM.
// Arguments: a free name, and the name of an image.
import assert from "node:assert/strict";
import {
  AppStreamClient,
  AssociateFleetCommand,
  CreateFleetCommand,
  CreateStackCommand,
  CreateStreamingURLCommand,
  DeleteFleetCommand,
  DeleteStackCommand,
  DescribeFleetsCommand,
  DescribeSessionsCommand,
  DescribeStacksCommand,
  DescribeUsersCommand,
  DisassociateFleetCommand,
  ListAssociatedFleetsCommand,
  ListAssociatedStacksCommand,
  ListTagsForResourceCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  StartFleetCommand,
  StopFleetCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFleetCommand,
  UpdateStackCommand,
  paginateDescribeImages,
  waitUntilFleetStarted,
  waitUntilFleetStopped,
} from "@aws-sdk/client-appstream";

const [name, image] = process.argv.slice(2);
const client = new AppStreamClient({ maxAttempts: 1 });
const send = (command) => client.send(command);
// The SDK's waiters look every 30 s by themselves.
const waiter = { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };

const { Stack: stack } = await send(new CreateStackCommand({ Name: name, Tags: { team: "apps", empty: "" } }));
assert.ok(stack.CreatedTime instanceof Date);
const { Fleet: fleet } = await send(
  new CreateFleetCommand({
    Name: name,
    ImageName: image,
    InstanceType: "stream.standard.medium",
    ComputeCapacity: { DesiredInstances: 1 },
    Tags: { team: "apps" },
  }),
);
assert.equal(fleet.State, "STOPPED");
assert.equal(fleet.IdleDisconnectTimeoutInSeconds, 0);
const tags = async (arn) => (await send(new ListTagsForResourceCommand({ ResourceArn: arn }))).Tags;
assert.deepEqual(await tags(stack.Arn), { team: "apps", empty: "" });
await send(new TagResourceCommand({ ResourceArn: fleet.Arn, Tags: { stage: "test" } }));
await send(new UntagResourceCommand({ ResourceArn: fleet.Arn, TagKeys: ["team"] }));
assert.deepEqual(await tags(fleet.Arn), { stage: "test" });

const pair = { FleetName: name, StackName: name };
await send(new AssociateFleetCommand(pair));
await assert.rejects(send(new DeleteStackCommand({ Name: name })), (error) => {
  assert.ok(error instanceof ResourceInUseException, `${error}`);
  assert.match(error.message, /Cannot delete stack/);
  assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
  return true;
});
await send(new StartFleetCommand({ Name: name }));
await waitUntilFleetStarted(waiter, { Names: [name] });
const url = await send(new CreateStreamingURLCommand({ ...pair, UserId: "ann" }));
assert.ok(new URL(url.StreamingURL).searchParams.get("signature"));
assert.ok(url.Expires > new Date());
assert.deepEqual((await send(new DescribeSessionsCommand(pair))).Sessions, []);
const { Fleets: found } = await send(new DescribeFleetsCommand({ Names: [name] }));
assert.deepEqual(found.map((one) => [one.Name, one.State]), [[name, "RUNNING"]]);
await assert.rejects(send(new DescribeUsersCommand({ AuthenticationType: "USERPOOL" })), { name: "OperationNotPermittedException" });

// Pages: the SDK's own paginator, and tokens by hand where it has none.
const images = [];
for await (const page of paginateDescribeImages({ client, pageSize: 1 }, {})) {
  assert.ok(page.Images.length <= 1);
  images.push(...page.Images.map((one) => one.Name));
}
assert.deepEqual(images, [image]);
const many = Array.from({ length: 55 }, (_, number) => `${name}-${String(number).padStart(2, "0")}`);
await Promise.all(many.map((one) => send(new CreateStackCommand({ Name: one }))));
const listed = [];
let pages = 0;
for (let token; pages === 0 || token; pages++) {
  const page = await send(new DescribeStacksCommand({ NextToken: token }));
  listed.push(...page.Stacks.map((one) => one.Name).filter((one) => one.startsWith(`${name}-`)));
  token = page.NextToken;
}
assert.deepEqual(listed, many);
assert.ok(pages > 1);
await Promise.all(many.map((one) => send(new DeleteStackCommand({ Name: one }))));

// What a running fleet takes, and what it does not.
const updated = await send(new UpdateFleetCommand({ Name: name, DisplayName: "Büro", ComputeCapacity: { DesiredInstances: 2 } }));
assert.deepEqual([updated.Fleet.DisplayName, updated.Fleet.ComputeCapacityStatus.Desired], ["Büro", 2]);
await assert.rejects(send(new UpdateFleetCommand({ Name: name, StreamView: "DESKTOP" })), ResourceInUseException);
const redirected = await send(new UpdateStackCommand({ Name: name, RedirectURL: "https://example.org/bye" }));
assert.equal(redirected.Stack.RedirectURL, "https://example.org/bye");
const plain = await send(new UpdateStackCommand({ Name: name, AttributesToDelete: ["REDIRECT_URL", "THEME_NAME"] }));
assert.equal(plain.Stack.RedirectURL, undefined);
assert.deepEqual((await send(new ListAssociatedStacksCommand({ FleetName: name }))).Names, [name]);
assert.deepEqual((await send(new ListAssociatedFleetsCommand({ StackName: name }))).Names, [name]);

await send(new StopFleetCommand({ Name: name }));
await waitUntilFleetStopped(waiter, { Names: [name] });
await send(new DisassociateFleetCommand(pair));
await send(new DeleteFleetCommand({ Name: name }));
await send(new DeleteStackCommand({ Name: name }));
await assert.rejects(send(new DeleteStackCommand({ Name: name })), (error) => error instanceof ResourceNotFoundException);
