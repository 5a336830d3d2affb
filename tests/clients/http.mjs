// Sends events by the CloudEvents SDK of JavaScript over HTTP; prints the status and body of each answer as JSON.
import { CloudEvent, HTTP, Mode, emitterFor, httpTransport } from "cloudevents";

const url = process.argv[2];

const spend = (customerId) =>
  new CloudEvent({
    source: "/clients/js",
    type: "fasttrack.spend.updated.v1",
    subject: "a \"quoted\" subject, 100%",
    data: { customerId, licenceId: "L-1", application: "finance", annualAmount: "180000.00", currency: "USD", newDeployment: true },
  });

const posted = async ({ headers, body }) => {
  const answer = await fetch(url, { method: "POST", headers, body });
  return { status: answer.status, body: await answer.text() };
};

const emitted = async (options) => {
  const answer = await emitterFor(httpTransport(url), options)(spend("C-js-chunked"));
  return { status: answer.statusCode ?? 0, body: String(answer.body ?? "") };
};

const answers = {
  structured: await posted(HTTP.structured(spend("C-js-structured"))),
  binary: await posted(HTTP.binary(spend("C-js-binary"))),
  batch: await posted({
    headers: { "content-type": "application/cloudevents-batch+json" },
    body: JSON.stringify([spend("C-js-batch-1"), spend("C-js-batch-2")]),
  }),
  emittedBinary: await emitted(),
  emittedStructured: await emitted({ mode: Mode.STRUCTURED }),
};
console.log(JSON.stringify(answers));
