metadata description = 'The identity the app has towards everything it uses.'

@description('Name of the identity.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

// Assigned by us and not by the platform: it is there before the app, so that roles can be too.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id of the identity.')
output id string = identity.id

@description('Client id: what the app names when it asks for a token.')
output clientId string = identity.properties.clientId

@description('Principal id: what roles are given to.')
output principalId string = identity.properties.principalId
