    requests AS (
        SELECT TimeGenerated, ifNull(toString(ResultType), '') AS Result, ifNull(ResultDescription, '') AS Description,
            ifNull(Identity, '') AS Who, ifNull(Location, '') AS Place, ifNull(AppDisplayName, '') AS AppName, ifNull(AppId, '') AS App,
            ifNull(ClientAppUsed, '') AS Used, ifNull(toString(DeviceDetail), '') AS Device, ifNull(IPAddress, '') AS IP,
            ifNull(toString(LocationDetails), '') AS Details, ifNull(UserAgent, '') AS Agent, ifNull(IncomingTokenType, '') AS Incoming,
            ifNull(SessionId, '') AS Session, ifNull(UserPrincipalName, '') AS Upn, ifNull(ResourceIdentity, '') AS Resource,
            ifNull(AuthenticationProcessingDetails, '') AS Processing
        FROM AADNonInteractiveUserSignInLogs
        WHERE TimeGenerated >= Since AND TimeGenerated < Until
            AND ifNull(HomeTenantId, '') = ifNull(ResourceTenantId, '') AND has(PublishedFamily, AppId)
    ),
    pairs AS (
        SELECT a.TimeGenerated AS FirstRequestTimeGenerated, a.Result AS FirstResult, a.Description AS FirstResultDescription, a.Who AS Identity,
            a.Place AS Location, a.AppName AS FirstAppDisplayName, a.App AS FirstAppId, a.Used AS ClientAppUsed, a.Device AS DeviceDetail,
            b.Device AS SecondDeviceDetail, a.IP AS IPAddress, a.Details AS LocationDetails, a.Agent AS UserAgent,
            b.TimeGenerated AS SecondRequestTimeGenerated, a.Result AS SecondResult, b.Description AS SecondResultDescription,
            b.AppName AS SecondAppDisplayName, b.App AS SecondAppId, b.Incoming AS SecondIncomingTokenType, a.Session AS SessionId, a.Upn AS UserPrincipalName,
            dateDiff('minute', a.TimeGenerated, b.TimeGenerated) AS TimeDiff,
            extract(a.Processing, '(?-s){"key":"Oauth Scope Info","value":"\\[(.*)\\]"}') AS FirstOauthScopeInfo,
            extract(b.Processing, '(?-s){"key":"Oauth Scope Info","value":"\\[(.*)\\]"}') AS SecondOauthScopeInfo,
            a.Resource AS FirstResourceIdentity, b.Resource AS SecondResourceIdentity,
            b.IP AS SecondIPAddress, b.Agent AS SecondUserAgent
        FROM requests AS a INNER JOIN requests AS b ON a.Session = b.Session AND a.Upn = b.Upn
        WHERE a.Incoming = 'none' AND b.Incoming != 'none'
            AND (b.AppName != 'Microsoft Azure CLI' OR NOT (AdminScopeOnly OR NoncompliantOnly)
                OR (position(lower(b.Processing), '62e90394-69f5-4237-9190-012177145e10') > 0
                    AND (NOT NoncompliantOnly OR lower(replaceAll(JSONExtractRaw(b.Device, 'isCompliant'), '"', '')) != 'true')))
    )
