namespace Distribution.Dashboard.Api;

/// <param name="Token">What stands behind "token=" in an invitation's link.</param>
internal sealed record MembershipWish(string? Token);
