"""What does each `adv` command do?"""
