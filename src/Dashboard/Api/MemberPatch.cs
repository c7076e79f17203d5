namespace Distribution.Dashboard.Api;

/// <param name="Role">"owner", "editor" or "analyst".</param>
internal sealed record MemberPatch(string? Role);
