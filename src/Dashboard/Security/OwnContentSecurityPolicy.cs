namespace Distribution.Dashboard.Security;

/// <summary>Metadata of an endpoint whose pages are not ours and need another policy than <see cref="SecurityHeaders.ContentSecurityPolicy"/>.</summary>
public sealed record OwnContentSecurityPolicy(string Policy);
