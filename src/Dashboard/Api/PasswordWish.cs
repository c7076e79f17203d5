namespace Distribution.Dashboard.Api;

/// <param name="Current">The password of now; not looked at where the account has none.</param>
/// <param name="Password">The new one, of 12 to 200 characters.</param>
/// <param name="Name">A new name to sign in with; without it the name stays.</param>
internal sealed record PasswordWish(string? Current, string? Password, string? Name);
