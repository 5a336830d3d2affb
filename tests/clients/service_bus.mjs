// Sends events by @azure/service-bus: the event as an object, its bytes, and several in one batch.
import { ServiceBusClient } from "@azure/service-bus";
import { CloudEvent } from "cloudevents";

const client = new ServiceBusClient(process.argv[2]);
const sender = client.createSender("eligibility-events");
const spend = (customerId) =>
  new CloudEvent({
    source: "/clients/js",
    type: "fasttrack.spend.updated.v1",
    data: { customerId, licenceId: "L-1", application: "finance", annualAmount: "180000.00", currency: "USD", newDeployment: true },
  });

await sender.sendMessages({ body: spend("C-js-bus-object").toJSON() });
await sender.sendMessages({ body: Buffer.from(JSON.stringify(spend("C-js-bus-bytes"))) });
await sender.sendMessages([{ body: spend("C-js-bus-batch-1").toJSON() }, { body: spend("C-js-bus-batch-2").toJSON() }]);
await client.close();
