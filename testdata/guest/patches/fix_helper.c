/* One new version for each of the two functions named helper. */

int fixed_red_helper(int x)
{
	return x + 1000;
}

int fixed_blue_helper(int x)
{
	return x + 2000;
}
