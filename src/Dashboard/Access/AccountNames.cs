using Distribution.Dashboard.Text;

namespace Distribution.Dashboard.Access;

/// <summary>What may be a name to sign in with, and a password.</summary>
internal static class AccountNames
{
    public const int MaxLength = 100;
    public const int MinPasswordLength = 12;
    public const int MaxPasswordLength = 200;

    /// <summary>Trims a name. False: <paramref name="error"/> says what is wrong, for people.</summary>
    public static bool TryClean(string? name, out string clean, out Refusal? error)
    {
        clean = name?.Trim() ?? "";
        error =
            clean.Length == 0 ? new Refusal("The name is empty.")
            : clean.Length > MaxLength
                ? new Refusal("The name has {0} characters; {1} are allowed.", clean.Length, MaxLength)
            : clean.Any(char.IsControl) ? new Refusal("The name contains control characters.")
            : null;
        return error is null;
    }

    /// <summary>Null: it can be used.</summary>
    public static Refusal? CheckPassword(string? password, string? again) =>
        (password?.Length ?? 0) < MinPasswordLength
            ? new Refusal("A password has at least {0} characters.", MinPasswordLength)
        : password!.Length > MaxPasswordLength
            ? new Refusal("A password has at most {0} characters.", MaxPasswordLength)
        : password != again ? new Refusal("The two passwords are not the same.")
        : null;
}
