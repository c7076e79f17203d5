namespace Distribution.Dashboard.Access;

/// <summary>What may be a name to sign in with, and a password.</summary>
internal static class AccountNames
{
    public const int MaxLength = 100;
    public const int MinPasswordLength = 12;
    public const int MaxPasswordLength = 200;

    /// <summary>Trims a name. False: <paramref name="error"/> says what is wrong, for people.</summary>
    public static bool TryClean(string? name, out string clean, out string? error)
    {
        clean = name?.Trim() ?? "";
        error =
            clean.Length == 0 ? "The name is empty."
            : clean.Length > MaxLength ? $"The name has {clean.Length} characters; {MaxLength} are allowed."
            : clean.Any(char.IsControl) ? "The name contains control characters."
            : null;
        return error is null;
    }

    /// <summary>Null: it can be used.</summary>
    public static string? CheckPassword(string? password, string? again) =>
        (password?.Length ?? 0) < MinPasswordLength ? $"A password has at least {MinPasswordLength} characters."
        : password!.Length > MaxPasswordLength ? $"A password has at most {MaxPasswordLength} characters."
        : password != again ? "The two passwords are not the same."
        : null;
}
