namespace Distribution.Dashboard.Access;

/// <summary>One-time links by which a publisher's browser signs in.</summary>
public interface ISignInLinks
{
    /// <summary>A new link, with a token of 256 random bits. Links live in this process: a restart ends those not used.</summary>
    SignInLink Create();
}
