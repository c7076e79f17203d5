namespace Distribution.Dashboard.Api;

/// <param name="Name">An account's or a key's.</param>
/// <param name="PublisherId">Whom the request acts for.</param>
/// <param name="Permissions">Of "read", "upload", "manage", "administer" and "operate".</param>
internal sealed record AccessResource(string Name, string PublisherId, IReadOnlyList<string> Permissions);
