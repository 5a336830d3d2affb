using '../main.bicep'

// Nothing answers over the internet, in a region without availability zones, where callers have keys.
param environmentName = 'production'
param location = 'ukwest'
param networkAccess = 'private'
