metadata description = 'The function app on a Flex Consumption plan, its settings, and who may call it.'

@description('Name of the app.')
param name string

@description('Name of the plan.')
param planName string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Resource id of the identity that the app runs as.')
param identityId string

@description('Client id of it.')
param identityClientId string

@description('Resource id of the identity that packages are deployed by.')
param deployIdentityId string

@description('Resource id of the subnet that the app calls from; empty for none.')
param subnetId string

@description('Whether the app answers over the internet.')
param isPublic bool

@description('Resource id of the workspace that reviewers read.')
param auditWorkspaceId string

@description('Name of the host\'s storage account.')
param hostStorageName string

@description('Address of the container that the app is deployed from.')
param packageContainerUri string

@description('Address of the product\'s tables.')
param tableServiceUri string

@description('Address of the product\'s queues.')
param queueServiceUri string

@description('Host name of the Service Bus namespace.')
param serviceBusNamespace string

@description('Where telemetry is sent.')
param insightsConnectionString string

@description('Memory of an instance in MB.')
param instanceMemoryMB int

@description('The most instances.')
param maximumInstanceCount int

@description('Instances that always wait for HTTP calls.')
param alwaysReadyHttp int

@description('Spread the instances over availability zones.')
param zoneRedundant bool

@description('The source of the notifications; empty for /fasttrack-eligibility.')
param notificationsSource string

@description('The oldest released version that may run beside this one; empty for none.')
param oldestVersion string

@description('Days after which what is done is removed.')
param retentionDays int

@description('Of so many messages that went well one is logged.')
param logOneOf int

@description('How many customers a second a change of rules has decided again at most.')
param customersPerSecond int

@description('Hours between two counts of all customers.')
param surveyHours int

@description('How many approvals an activation or retirement of rules needs.')
param approvals int

@description('Record traces and metrics by OpenTelemetry.')
param telemetry bool

@description('Client id of the Entra app registration that callers sign in to; empty for function keys.')
param easyAuthClientId string

@description('Client ids of the apps that may call with a token of their own; which role each has decides what it may.')
param callerClientIds array

var usesAppRoles = empty(easyAuthClientId) ? false : true
var telemetryOn = {
  AzureFunctionsJobHost__telemetryMode: 'OpenTelemetry'
  PYTHON_APPLICATIONINSIGHTS_LOGGER_NAME: 'eligibility'
  OTEL_PYTHON_DISABLED_INSTRUMENTATIONS: 'azure_sdk'
}
var telemetrySettings = telemetry ? telemetryOn : {}
var alwaysReady = alwaysReadyHttp > 0 ? [{ name: 'http', instanceCount: alwaysReadyHttp }] : []

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
      '${deployIdentityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    ...(empty(subnetId) ? {} : { virtualNetworkSubnetId: subnetId, outboundVnetRouting: { allTraffic: true } })
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      remoteDebuggingEnabled: false
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUri
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: deployIdentityId
          }
        }
      }
      runtime: {
        name: 'python'
        version: '3.13'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady
      }
    }
  }
}

resource ftpByPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource deploymentByPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

// Signing in with Entra ID: apps bring a token, browsers go to /.auth/login/aad and come back with a cookie, by an id
// token, for which no secret is needed. Who may call at all is said here; without it the platform takes the list of apps
// for empty and refuses everybody. What a caller may do, its role says. It is never switched off from here: while the app believes in app roles, somebody else has to
// have checked the caller. To go back to keys, take the client id away, provision, then switch it off in the portal.
resource signIn 'Microsoft.Web/sites/config@2025-03-01' = if (usesAppRoles) {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
    }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'Return401'
      excludedPaths: [
        '/api/health'
        '/api/docs'
        '/api/openapi.json'
        '/api/asyncapi.json'
        '/api/portal'
        '/api/portal/*'
      ]
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: easyAuthClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        login: {
          loginParameters: [
            'scope=openid profile email'
          ]
        }
        validation: {
          allowedAudiences: [
            easyAuthClientId
            'api://${easyAuthClientId}'
          ]
          defaultAuthorizationPolicy: {
            allowedApplications: union([easyAuthClientId], callerClientIds)
            allowedPrincipals: {}
          }
        }
      }
    }
    httpSettings: {
      requireHttps: true
    }
    login: {
      routes: {
        logoutEndpoint: '/.auth/logout'
      }
      tokenStore: {
        enabled: false
      }
      allowedExternalRedirectUrls: []
      cookieExpiration: {
        convention: 'FixedTime'
        timeToExpiration: '08:00:00'
      }
      nonce: {
        validateNonce: true
        nonceExpirationInterval: '00:05:00'
      }
    }
  }
}

// Who signed in, and who was refused.
resource signInLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (usesAppRoles) {
  name: 'audit'
  scope: app
  properties: {
    workspaceId: auditWorkspaceId
    logs: [
      { category: 'AppServiceAuthenticationLogs', enabled: true }
    ]
  }
}

// After signing in is set up: the app trusts in roles only when they are checked.
resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: union(telemetrySettings, {
    AzureWebJobsStorage__accountName: hostStorageName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    EligibilityStorage__tableServiceUri: tableServiceUri
    EligibilityStorage__queueServiceUri: queueServiceUri
    EligibilityStorage__credential: 'managedidentity'
    EligibilityStorage__clientId: identityClientId
    EVENTS_TRANSPORT: 'service-bus'
    NOTIFICATIONS_TRANSPORT: 'service-bus'
    NOTIFICATIONS_SOURCE: empty(notificationsSource) ? '/fasttrack-eligibility' : notificationsSource
    OLDEST_VERSION: empty(oldestVersion) ? '' : oldestVersion
    RETENTION_DAYS: '${retentionDays}'
    LOG_ONE_OF: '${logOneOf}'
    CUSTOMERS_PER_SECOND: '${customersPerSecond}'
    SURVEY_HOURS: '${surveyHours}'
    APPROVALS: '${approvals}'
    ServiceBusConnection__fullyQualifiedNamespace: serviceBusNamespace
    ServiceBusConnection__credential: 'managedidentity'
    ServiceBusConnection__clientId: identityClientId
    APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY: telemetry ? 'true' : 'false'
    AUTHORISATION: usesAppRoles ? 'app-roles' : 'keys'
  })
  dependsOn: [
    signIn
    ftpByPassword
    deploymentByPassword
  ]
}

@description('Resource id of the app.')
output id string = app.id

@description('Name of the app.')
output name string = app.name

@description('Address of the API.')
output url string = 'https://${app.properties.defaultHostName}/api'

@description('What the registration has to have among its redirect addresses, for browsers to sign in.')
output signInRedirect string = 'https://${app.properties.defaultHostName}/.auth/login/aad/callback'
