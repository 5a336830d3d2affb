"""Nothing arrives; the messages of the sample programme that are wrong leave: some alone, some of one fault."""

BROKEN_LINES = (
    '{"specversion": "1.0", "id": "inv-7001", "source": "/billing", "type": "fasttrack.spend.upda',
    "customer;licence;amount",
    (
        '{"specversion": "1.0", "id": "inv-7002", "source": "/billing", "type": "fasttrack.spend.updated.v1", '
        '"time": "2025-09-04T10:12:00Z", "data": {"customerId": "C-1002", "licenceId": "L-3", "application": "sales", '
        '"annualAmount": 250000, "currency": "USD", "newDeployment": true}}'
    ),
    (
        '{"specversion": "1.0", "id": "prj-7003", "source": "/projects", "type": "fasttrack.project.updated.v1", '
        '"time": "2025-12-01T08:00:00Z", "data": {"customerId": "C-1005", "projectId": "J-1005", "applications": [], '
        '"initiatedOn": "2026-02-30", "status": "started"}}'
    ),
    (
        '{"specversion": "1.0", "id": "pc-7004", "source": "/partner-centre", "type": "fasttrack.partner.promoted.v1", '
        '"time": "2026-01-15T11:30:00Z", "data": {"partnerId": "P-tailspin"}}'
    ),
    (
        '{"specversion": "1.0", "id": "inv-7005", "source": "/billing", "type": "fasttrack.spend.updated.v1", '
        '"time": "2206-03-02T09:30:00Z", "data": {"customerId": "C-1014", "licenceId": "L-2", "application": '
        '"commerce", "annualAmount": "90000", "currency": "USD", "newDeployment": true}}'
    ),
    (
        '{"specversion": "1.0", "id": "crs-7006", "source": "/learning", "type": "fasttrack.training.completed.v1", '
        '"time": "2026-06-11", "data": {"partnerId": "P-lamna", "course": "success-by-design", "part": '
        '"knowledge-check", "completedOn": "2026-06-11"}}'
    ),
    # Two more amounts that are not decimal strings: one fault, three messages.
    (
        '{"specversion": "1.0", "id": "inv-7007", "source": "/billing", "type": "fasttrack.spend.updated.v1", '
        '"time": "2026-03-17T09:05:00Z", "data": {"customerId": "C-1010", "licenceId": "L-2", "application": '
        '"finance", "annualAmount": "164,000.00", "currency": "USD", "newDeployment": true}}'
    ),
    (
        '{"specversion": "1.0", "id": "inv-7008", "source": "/billing", "type": "fasttrack.spend.updated.v1", '
        '"time": "2026-05-06T14:40:00Z", "data": {"customerId": "C-1022", "licenceId": "L-2", "application": "sales", '
        '"annualAmount": 96000.5, "currency": "USD", "newDeployment": true}}'
    ),
    # Two misspelt ends: taken as they are, these periods would never end.
    (
        '{"specversion": "1.0", "id": "pc-7009", "source": "/partner-centre", "type": '
        '"fasttrack.partner.certified.v1", "time": "2026-07-02T10:00:00Z", "data": {"partnerId": "P-woodgrove", '
        '"competency": "cloud-business-applications", "area": "finance-and-operations", "level": "silver", '
        '"validFrom": "2026-07-01", "validUntill": "2027-06-30"}}'
    ),
    (
        '{"specversion": "1.0", "id": "pc-7010", "source": "/partner-centre", "type": '
        '"fasttrack.partner.certified.v1", "time": "2026-07-02T10:01:00Z", "data": {"partnerId": "P-lamna", '
        '"competency": "cloud-business-applications", "area": "finance-and-operations", "level": "silver", '
        '"validFrom": "2026-07-01", "validUtil": "2027-06-30"}}'
    ),
    "C-1033;L-2;48000.00",
)
