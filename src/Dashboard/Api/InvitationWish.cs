namespace Distribution.Dashboard.Api;

/// <param name="Role">"owner", "editor" or "analyst".</param>
/// <param name="Note">Whom it is for; up to 100 characters.</param>
internal sealed record InvitationWish(string? Role, string? Note);
