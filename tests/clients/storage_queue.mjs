// Puts an event on the Storage queue by @azure/storage-queue, as it is and in base64.
import { QueueServiceClient } from "@azure/storage-queue";
import { CloudEvent } from "cloudevents";

const queue = QueueServiceClient.fromConnectionString(process.argv[2]).getQueueClient("eligibility-events");
const spend = (customerId) =>
  new CloudEvent({
    source: "/clients/js",
    subject: "<&> é",
    type: "fasttrack.spend.updated.v1",
    data: { customerId, licenceId: "L-1", application: "finance", annualAmount: "180000.00", currency: "USD", newDeployment: true },
  });

await queue.sendMessage(JSON.stringify(spend("C-js-queue")));
await queue.sendMessage(JSON.stringify(spend("C-js-queue-indented"), null, 2));
await queue.sendMessage(Buffer.from(JSON.stringify(spend("C-js-queue-base64"))).toString("base64"));
