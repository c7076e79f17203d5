namespace Distribution.Dashboard.Api;

/// <param name="Name">1 to 60 characters.</param>
internal sealed record PasskeyPatch(string? Name);
