using '../main.bicep'

// Everything that can be switched on, and every setting another than its default; the app answers over the internet.
param environmentName = 'production'
param location = 'swedencentral'
param networkAccess = 'private-data'
param alertEmail = 'operators@example.com'
param easyAuthClientId = '11111111-1111-1111-1111-111111111111'
param callerClientIds = '22222222-2222-2222-2222-222222222222,33333333-3333-3333-3333-333333333333'
param approvals = 2
param telemetry = true
param zoneRedundant = true
param alwaysReadyHttp = 2
param dataStorageSku = 'Standard_GZRS'
param hostStorageSku = 'Standard_ZRS'
param notificationsSource = '/fasttrack-eligibility/second'
param oldestVersion = '0.2.0'
param retentionDays = 60
param logOneOf = 4
param customersPerSecond = 2000
param surveyHours = 12
